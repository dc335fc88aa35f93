"""Runs in chunks: over threads here, or over the workers of a Dask cluster. The chunks never depend on who computes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning import program as p
from tiaokuai.planning.microscope import Detail, Part, compare
from tiaokuai.planning.schedule import Schedule

Floats = NDArray[np.float64]
WORK = 10_000_000  # enterprise-months of a chunk: some tenths of a second
ROOM = 64_000_000  # bytes of a chunk's detail


class Progress(Protocol):
    """What a progress bar must do."""

    def update(self, done: float, text: str | None = None, total: float | None = None) -> None: ...


@dataclass(frozen=True)
class Chunk:
    """Runs ``lo`` … ``hi`` − 1 of every scenario: series, reached by block added up, each compared with the first."""

    lo: int
    hi: int
    values: tuple[Floats, ...]
    blocks: tuple[NDArray[np.int64], ...]
    parts: tuple[Part, ...]


def chunk_size(schedules: Sequence[Schedule]) -> int:
    """Runs of a chunk: a matter of the problem alone, so that sums are added in the same order everywhere."""
    world, months = schedules[0].world, schedules[0].program.rates.shape[1]
    size: int = max(1, WORK // max(1, (len(world.staff) + 20 * len(world.founded)) * months * len(schedules)))
    if len(schedules) > 1:
        size = min(size, max(1, ROOM // (16 * len(world.founded) * (months + 1) * len(schedules) + 1)))
    return min(size, 64)


def run_chunk(
    schedules: Sequence[Schedule], seed: int, lo: int, hi: int, stop: NDArray[np.int8] | None = None
) -> Chunk:
    """Runs ``lo`` … ``hi`` − 1, here and now."""
    from tiaokuai.planning.kernel import simulate_runs
    from tiaokuai.planning.kernel_state import fresh

    months, blocks = schedules[0].program.rates.shape[1], len(schedules[0].world.founded)
    halt = np.zeros(1, np.int8) if stop is None else stop
    values, sums, details = [], [], []
    for each in schedules:
        out = np.empty((hi - lo, months + 1, len(p.METRICS)))
        total = np.zeros((months + 1, blocks), np.int64)
        detail = Detail.room(hi - lo if len(schedules) > 1 else 0, months, blocks)
        simulate_runs(
            each.world,
            each.program,
            fresh(each.world),
            np.uint64(seed % 2**64),
            lo,
            hi,
            out,
            total,
            detail.reach,
            detail.pull,
            detail.since,
            halt,
        )
        values.append(out)
        sums.append(total)
        details.append(detail)
    if halt[0]:
        raise Stopped
    parts = [
        compare(schedules[0].world, each.direct, detail, details[0])
        for each, detail in zip(schedules[1:], details[1:], strict=True)
    ]
    return Chunk(lo, hi, tuple(values), tuple(sums), tuple(parts))


class Stopped(Exception):
    """A chunk was given up because the whole was stopped."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C; ``forecast`` holds the runs that were finished, None where there are none."""

    def __init__(self, forecast: Any) -> None:
        super().__init__()
        self.forecast = forecast


def cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def bounds(lo: int, hi: int, size: int) -> Iterator[tuple[int, int]]:
    """``lo`` … ``hi`` in pieces of ``size``."""
    return ((begin, min(begin + size, hi)) for begin in range(lo, hi, size))


def run_threads(
    schedules: Sequence[Schedule], seed: int, lo: int, hi: int, workers: int | None, progress: Progress | None
) -> list[Chunk]:
    """All chunks on threads of this process: the kernel runs without the interpreter lock.

    Ctrl-C stops the kernels within a month of a run and raises KeyboardInterrupt with the finished chunks as its
    argument.
    """
    stop = np.zeros(1, np.int8)
    done: list[Chunk] = []
    with ThreadPoolExecutor(max(1, workers or cores())) as pool:
        waiting: set[Future[Chunk]] = {
            pool.submit(run_chunk, schedules, seed, begin, end, stop)
            for begin, end in bounds(lo, hi, chunk_size(schedules))
        }
        try:
            while waiting:
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                done += [future.result() for future in finished]
                if progress is not None:
                    progress.update(lo + sum(chunk.hi - chunk.lo for chunk in done))
        except KeyboardInterrupt:
            stop[0] = 1
            for future in waiting:
                future.cancel()
            raise KeyboardInterrupt(sorted(done, key=lambda chunk: chunk.lo)) from None
        finally:
            stop[0] = 1
    return sorted(done, key=lambda chunk: chunk.lo)
