"""Documents that remember what they were computed from, so that protection can look beyond their own rows.

Whether a figure of one grouping gives a person away depends on every other grouping of the same day. A document
therefore carries its day along, invisibly to JSON; a copy that has lost it is protected as if nothing were safe.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

if TYPE_CHECKING:
    from tiaokuai.graph import Assumptions, Network, Snapshot

P = ParamSpec("P")


@dataclass(frozen=True)
class Period:
    """What a document ``history`` was computed from."""

    network: Network
    first: date | None
    last: date
    assumptions: Assumptions


class Evident(dict[str, Any]):
    """A document with its evidence: the snapshots or the period it tells of.

    >>> Evident({"rows": []}).evidence
    ()
    """

    def __init__(self, content: dict[str, Any], *evidence: Snapshot | Period) -> None:
        super().__init__(content)
        self.evidence: tuple[Any, ...] = evidence


def evident(
    make: Callable[Concatenate[Snapshot, P], dict[str, Any]],
) -> Callable[Concatenate[Snapshot, P], dict[str, Any]]:
    """Makes a function of a snapshot give its document with the snapshot as evidence."""

    @wraps(make)
    def made(day: Snapshot, /, *args: P.args, **kwargs: P.kwargs) -> dict[str, Any]:
        return Evident(make(day, *args, **kwargs), day)

    return made
