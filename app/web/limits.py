"""Guessing passwords is slow: tries are counted by name and address, and after a few they must wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import islice

WINDOW = 300.0  # seconds
BY_PAIR, BY_ADDRESS, BY_NAME = 5, 30, 60  # failures within the window that cost no wait
SLOW = 60.0  # seconds between tries of one name from one address, at the most
PAUSE_ADDRESS, PAUSE_NAME = 10.0, 5.0  # seconds between tries from one address, and of one name from new addresses
FAMILIAR = 20  # addresses that a name is remembered to have logged in from


class Attempts:
    """Logins of the last minutes. A try counts as failed until it succeeds, so that many at once are many.

    A name that is guessed at from everywhere is slowed for addresses it never logged in from; who is known at an
    address waits for nobody else's tries.

    >>> attempts = Attempts(clock=lambda: 0.0)
    >>> [attempts.begin("li", "10.0.0.1") for _ in range(6)]
    [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: dict[tuple[str, str], list[float]] = {}
        self._familiar: dict[str, dict[str, None]] = {}
        self._lock = threading.Lock()

    def begin(self, name: str, address: str) -> float:
        """Seconds until a try is allowed; 0 where it is now, and it is counted then."""
        now = self._clock()
        with self._lock:
            recent = {key: [at for at in times if now - at < WINDOW] for key, times in self._tries.items()}
            self._tries = {key: times for key, times in recent.items() if times}
            wait = max(0.0, self._next(name, address) - now)
            if wait == 0:
                self._tries.setdefault((name, address), []).append(now)
        return wait

    def succeeded(self, name: str, address: str) -> None:
        """Forgets the tries of this name from this address, and knows it there from now on."""
        with self._lock:
            self._tries.pop((name, address), None)
            known = self._familiar.setdefault(name, {})
            known.pop(address, None)
            known[address] = None
            for old in list(islice(known, max(0, len(known) - FAMILIAR))):
                del known[old]

    def _next(self, name: str, address: str) -> float:
        """When the next try is allowed."""
        pair = self._tries.get((name, address), [])
        here = [at for (_, where), times in self._tries.items() if where == address for at in times]
        named = [at for (who, _), times in self._tries.items() if who == name for at in times]
        allowed = [0.0]
        if len(pair) >= BY_PAIR:
            allowed.append(max(pair) + min(SLOW, 2.0 ** (len(pair) - BY_PAIR)))
        if len(here) >= BY_ADDRESS:
            allowed.append(max(here) + PAUSE_ADDRESS)
        if len(named) >= BY_NAME and address not in self._familiar.get(name, ()):
            allowed.append(max(named) + PAUSE_NAME)
        return max(allowed)
