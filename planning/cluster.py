"""The same chunks on a Dask cluster: a worker lost in the middle costs only its share, which others compute again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from tiaokuai.graph.errors import ServiceError
from tiaokuai.planning.running import Chunk, Progress, bounds, chunk_size, run_chunk
from tiaokuai.planning.schedule import Schedule

if TYPE_CHECKING:
    from distributed import Client


def connect(address: str, timeout: float = 10) -> Client:
    """A client of the scheduler at ``address``; ServiceError where nobody answers."""
    from distributed import Client

    try:
        return Client(address, timeout=timeout)  # type: ignore[no-untyped-call]  # distributed has no types
    except (OSError, ValueError) as error:
        zh, en = f"连不上 Dask 集群 {address}", f"no Dask scheduler answers at {address}"
        raise ServiceError("cluster", zh, en, address=address, reason=str(error)) from None


def run_cluster(
    client: Any, schedules: Sequence[Schedule], seed: int, lo: int, hi: int, progress: Progress | None
) -> list[Chunk]:
    """All chunks on the cluster's workers, in order; the arrays travel once, not with every chunk.

    Ctrl-C cancels what is not done and raises KeyboardInterrupt with the finished chunks as its argument.
    """
    import distributed

    shared = client.scatter(list(schedules), broadcast=True, hash=False)
    futures = [
        client.submit(run_chunk, shared, seed, begin, end, pure=False, retries=3)
        for begin, end in bounds(lo, hi, chunk_size(schedules))
    ]
    done: list[Chunk] = []
    try:
        for _, chunk in as_completed(futures):
            done.append(chunk)
            if progress is not None:
                progress.update(lo + sum(each.hi - each.lo for each in done))
    except distributed.KilledWorker as error:
        zh, en = "集群上多个进程接连失败", "worker after worker of the cluster failed on the same runs"
        raise ServiceError("cluster", zh, en, reason=str(error)) from None
    except KeyboardInterrupt:
        client.cancel(futures)
        raise KeyboardInterrupt(sorted(done, key=lambda each: each.lo)) from None
    return sorted(done, key=lambda each: each.lo)


def as_completed(futures: list[Any]) -> Any:
    """(future, result) in the order in which they finish."""
    import distributed

    return cast(Any, distributed.as_completed)(futures, with_results=True)
