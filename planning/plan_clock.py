"""How long a search may go on, what it has so far, and Ctrl-C as a wish to see that."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from tiaokuai.planning.running import Progress


@dataclass
class Clock:
    """The time there is, and the best plan and bound so far, told to whoever waits."""

    seconds: float
    gap: float
    progress: Progress | None = None
    begun: float = field(default_factory=time.monotonic)
    stopped: bool = False
    settled: bool = False  # nothing is left to search
    best: float = float("-inf")
    bound: float = float("inf")
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def spent(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.begun

    @property
    def left(self) -> float:
        """Seconds left, 0 when stopped or settled."""
        return 0.0 if self.stopped or self.settled else max(0.0, self.seconds - self.spent)

    @property
    def proven(self) -> bool:
        """Whether the best plan is proven to be within the gap."""
        return self.bound <= self.best + max(self.gap * abs(self.best), 0.5)

    def tell(self, best: float | None = None, bound: float | None = None) -> None:
        """A better plan, or a lower bound; two searches may tell at once."""
        with self.lock:
            self._tell(best, bound)

    def _tell(self, best: float | None, bound: float | None) -> None:
        self.best = max(self.best, self.best if best is None else best)
        self.bound = min(self.bound, self.bound if bound is None else bound)
        if self.progress is not None:
            parts = []
            if self.best > float("-inf"):
                parts.append(f"{self.best:,.0f}")
            if self.bound < float("inf"):
                parts.append(f"≤ {self.bound:,.0f}")
            if len(parts) == 2 and self.best > 0:
                parts.append(f"({100 * max(0.0, self.bound / self.best - 1):.2f}%)")
            self.progress.update(min(self.spent, self.seconds), " ".join(parts) or None, total=self.seconds)

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Within, the first Ctrl-C ends the search and keeps what was found; a second one breaks off."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(number: int, frame: FrameType | None) -> None:
            if self.stopped:
                raise KeyboardInterrupt
            self.stopped = True

        before = signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
