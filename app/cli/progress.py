"""A bar on stderr, only on a terminal and only for work that takes longer than a second."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE = 1.0  # seconds without a bar


class Bar:
    """Progress of one piece of work; silent unless a person is there to see it.

    >>> with Bar("reading", 10) as bar:
    ...     bar.advance()
    """

    def __init__(self, label: str, total: float | None = None) -> None:
        self.label, self.total, self.done = label, total, 0.0
        self._begun = time.monotonic()
        self._shown: tuple[Progress, TaskID] | None = None
        self._quiet = not sys.stderr.isatty()

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            self._shown[0].stop()

    def advance(self, by: float = 1) -> None:
        """So much more is done."""
        self.update(self.done + by)

    def update(self, done: float, text: str | None = None, total: float | None = None) -> None:
        """So much is done in all; ``text`` replaces the label, ``total`` the total."""
        self.done, self.label, self.total = done, text or self.label, self.total if total is None else total
        if self._quiet or time.monotonic() - self._begun < PATIENCE:
            return
        if self._shown is None:
            self._shown = self._show()
        bar, task = self._shown
        bar.update(task, completed=done, description=self.label, total=self.total)

    def _show(self) -> tuple[Progress, TaskID]:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        bar.start()
        return bar, bar.add_task(self.label, total=self.total)
