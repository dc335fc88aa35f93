"""Guessing passwords is slow: failed logins are counted by name and address."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

WINDOW = 300.0  # seconds
BY_PAIR, BY_ADDRESS, BY_NAME = 5, 30, 60  # failures within the window


class Attempts:
    """Failed logins of the last minutes.

    >>> attempts = Attempts(clock=lambda: 0.0)
    >>> [attempts.wait("li", "10.0.0.1") > 0 or attempts.failed("li", "10.0.0.1") for _ in range(6)][-1]
    True
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[tuple[str, str], list[float]] = {}
        self._lock = threading.Lock()

    def wait(self, name: str, address: str) -> float:
        """Seconds until another try is allowed; 0 where it is now."""
        now = self._clock()
        with self._lock:
            recent = {key: [at for at in times if now - at < WINDOW] for key, times in self._failures.items()}
            self._failures = {key: times for key, times in recent.items() if times}
            groups = (
                (
                    BY_PAIR,
                    [at for (n, a), times in self._failures.items() if (n, a) == (name, address) for at in times],
                ),
                (BY_ADDRESS, [at for (_, a), times in self._failures.items() if a == address for at in times]),
                (BY_NAME, [at for (n, _), times in self._failures.items() if n == name for at in times]),
            )
        return max((WINDOW - (now - sorted(times)[-most]) for most, times in groups if len(times) >= most), default=0.0)

    def failed(self, name: str, address: str) -> None:
        """Counts a failure."""
        with self._lock:
            self._failures.setdefault((name[:64], address), []).append(self._clock())

    def succeeded(self, name: str, address: str) -> None:
        """Forgets the failures of this name from this address."""
        with self._lock:
            self._failures.pop((name, address), None)
