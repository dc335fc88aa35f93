"""A data set and what each audience reads of it: the data, or a release made from them when it is first asked for."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from tiaokuai.graph import Assumptions, Network
from tiaokuai.graph.release import AUDIENCES
from tiaokuai.web.holding import Holding


@dataclass
class DataSet:
    """``network`` is what the desk was given: the data, or a release, of which nobody reads more than it tells.

    ``key`` is the secret of the offsets (None: that of this installation), ``earlier`` are releases of these data that
    were read before, whose steps stay as they were told. ``source`` is where the data may be read again from.
    """

    name: str
    network: Network
    assumptions: Assumptions = field(default_factory=Assumptions)
    source: str | None = None
    mapping: Path | None = None  # of a database that others filled
    last: date | None = None
    key: bytes | None = field(default=None, repr=False)
    earlier: Mapping[str, Network] = field(default_factory=dict)
    _holdings: dict[str, Holding] = field(init=False, default_factory=dict)
    _lock: threading.RLock = field(init=False, default_factory=threading.RLock)

    @classmethod
    def with_throwaway_key(cls, name: str, network: Network, assumptions: Assumptions | None = None) -> DataSet:
        """Data that are not the steward's: with a secret to throw away, or who uploads would learn the offsets."""
        return cls(name, network, assumptions or Assumptions(), key=secrets.token_bytes(32))

    @property
    def audiences(self) -> tuple[str, ...]:
        """Who can be answered, from whoever may know most on."""
        told = self.network.released
        return AUDIENCES if told is None else AUDIENCES[AUDIENCES.index(told.audience) :]

    @property
    def today(self) -> date:
        """The day shown where none is asked for, and the last one that the date slider has."""
        return self.last or date.today()

    def for_audience(self, audience: str) -> Holding:
        """What an audience reads: never more than the data set holds."""
        reader = max(audience, self.audiences[0], key=AUDIENCES.index)
        if (held := self._holdings.get(reader)) is not None:
            return held  # also while a release is being made for somebody else
        with self._lock:
            if reader not in self._holdings:
                self._holdings[reader] = Holding(self.name, self._network(reader), self.assumptions)
            return self._holdings[reader]

    def reread(self, network: Network) -> DataSet:
        """The data set with its network read anew, for the same readers; what was told them stays as it was told."""
        with self._lock:
            told = {audience: held.network for audience, held in self._holdings.items() if held.network.released}
        cap = self.network.released
        if cap is not None and network.released is None:
            network = network.release(cap.audience, key=self.key, before=self.network)
        return replace(self, network=network, earlier={**self.earlier, **told})

    def _network(self, reader: str) -> Network:
        if reader == self.audiences[0]:
            return self.network
        # The public's is made from the planner's and nothing else.
        above = self.for_audience(AUDIENCES[AUDIENCES.index(reader) - 1]).network
        return above.release(reader, key=self.key, before=self.earlier.get(reader))
