"""Wishes that cannot all hold: the smallest change, by name and place, that makes room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiaokuai.planning.plan_clock import Clock

if TYPE_CHECKING:
    from tiaokuai.planning.plan import Question


def relaxations(asked: Question, clock: Clock) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]:
    """What must give, and other ways to make room."""
    return [], []
