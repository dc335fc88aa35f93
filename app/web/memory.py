"""Answers that are remembered, so that the same question is computed once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any


class Memory:
    """The last results by key, at ``most`` so many; two who ask the same at once compute it once.

    What fails leaves nothing behind, or questions about what does not exist would fill the memory.

    >>> memory = Memory(2)
    >>> [memory.get(key, lambda: key.upper()) for key in "aba"], "b" in memory
    (['A', 'B', 'A'], True)
    """

    def __init__(self, most: int) -> None:
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock, self.most = threading.Lock(), most

    def __contains__(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._kept

    def __len__(self) -> int:
        """Everything that is held by a key, work under way included."""
        with self._lock:
            return len(self._kept) + len(self._making)

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What is remembered under ``key``, made first where it is not."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            mine = self._making.setdefault(key, threading.Lock())
        with mine:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            try:
                made = make()
                with self._lock:
                    self._kept[key] = made
                    while len(self._kept) > self.most:
                        self._kept.popitem(last=False)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return made
