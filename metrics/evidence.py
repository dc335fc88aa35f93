"""Documents that remember what they were computed from, so that protection can look beyond their own rows.

Whether a figure of one grouping gives a person away depends on every other grouping of the same day. A document
therefore carries its day along, invisibly to JSON; a copy that has lost it is protected as if nothing were safe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


@dataclass(frozen=True)
class Cut:
    """A document is cut after ``top`` rows; ``whole`` gives all of them.

    Which rows are the largest is itself told by who is among them, so it is decided of what the audience may know.
    """

    top: int
    whole: Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    """What each scenario of a forecast does, by its name: interventions of planning.scenario."""

    scenarios: Mapping[str, tuple[Any, ...]]


class Evident(dict[str, Any]):
    """A document with its evidence: the snapshots or the period it tells of, and what was asked about them.

    >>> Evident({"rows": []}).evidence
    ()
    """

    def __init__(self, content: dict[str, Any], *evidence: Snapshot | Period | Cut | Asked) -> None:
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


def cut(
    make: Callable[[Snapshot, int | None], dict[str, Any]],
) -> Callable[..., dict[str, Any]]:
    """The same for a function of a snapshot and of how many rows are wanted."""

    @wraps(make)
    def made(day: Snapshot, /, top: int | None = None) -> dict[str, Any]:
        document = make(day, top)
        return Evident(document, day) if top is None else Evident(document, day, Cut(top, lambda: made(day)))

    return made
