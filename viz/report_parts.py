"""What a report is put together from: chapters of pictures, passages and short tables."""

from __future__ import annotations

from dataclasses import dataclass

from tiaokuai.viz.picture import Picture


@dataclass(frozen=True)
class Shown:
    """A picture; ``name`` is its place in the page."""

    name: str
    picture: Picture


@dataclass(frozen=True)
class Said:
    """A passage: a heading, paragraphs, and points."""

    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A short table; in the open, or behind a fold where few will want it."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    folded: bool = False


Part = Shown | Said | Listed


@dataclass(frozen=True)
class Chapter:
    """One question and its answer; ``lead`` is the answer in a sentence."""

    name: str
    title: str
    lead: str
    parts: tuple[Part, ...]
