"""Heavy work in processes of their own: progress, cancel, a result; the desk goes on answering meanwhile."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from tiaokuai.graph.errors import TiaokuaiError
from tiaokuai.web.tasks import Task

AT_ONCE = 2  # processes
LONGEST = 1800.0  # seconds
KEPT = 200  # finished jobs


@dataclass
class Job:
    """One task under way: ``state`` is waiting, running, done, failed or cancelled; ``done`` of ``total`` runs.

    ``owner`` is who may ask for it, ``user`` whose turn it takes, ``name`` what its result is called as a file.
    """

    id: str
    owner: str
    task: Task | None = field(default=None, repr=False)
    user: str | None = None
    name: str = ""
    state: str = "waiting"
    done: float = 0.0
    total: float = 1.0
    result: dict[str, Any] | None = None
    fault: tuple[str, str] | None = None
    wanted: bool = True
    process: Any = field(default=None, repr=False)


class _Reporter:
    """A progress bar at the far end of a pipe, at most ten messages a second."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe, self._last, self._total = pipe, 0.0, 1.0

    def update(self, done: float, text: str | None = None, total: float | None = None) -> None:
        self._total = total or self._total
        if time.monotonic() - self._last > 0.1 or done >= self._total:
            self._last = time.monotonic()
            self._pipe.send(("progress", (done, self._total)))


def work(task: Task, pipe: Connection) -> None:
    """In the process of its own: runs the task and sends progress, then the document or the fault."""
    os.nice(10)  # a question about today goes before a forecast
    try:
        pipe.send(("done", task.run(_Reporter(pipe))))
    except TiaokuaiError as error:
        pipe.send(("failed", (error.zh, error.en)))
    except MemoryError:
        pipe.send(("failed", ("内存不足，请减少运行次数", "out of memory; ask for fewer runs")))


class Jobs:
    """All jobs of the desk; one at a time for each owner, which is a session's token and a page's name.

    Users take turns, however many sessions each has; ``apiece`` is how many of a user's jobs run at once, so that
    the work of one leaves a place for the others.
    """

    def __init__(self, at_once: int = AT_ONCE, apiece: int | None = None) -> None:
        self.at_once, self.apiece = at_once, at_once if apiece is None else apiece
        self._all: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._waiting: list[Job] = []
        self._running: list[Job] = []
        self._turns: dict[str | None, int] = {}  # user: the number of the turn that was last theirs
        self._context = multiprocessing.get_context("spawn")
        self._count = 0

    def start(self, owner: str, task: Task, user: str | None = None, name: str = "") -> Job:
        """Queues a task; what its owner had under way is cancelled."""
        self.cancel_of(owner)
        with self._lock:
            self._count += 1
            job = Job(str(self._count), owner, task, user, name, total=task.total)
            self._all[job.id] = job
            self._waiting.append(job)
            for old in [each for each in self._all.values() if each.state not in ("waiting", "running")][:-KEPT]:
                del self._all[old.id]
        self._fill()
        return job

    def find(self, id: str, owner: str) -> Job | None:
        """A job of this owner; nobody sees another's."""
        job = self._all.get(id)
        return job if job is not None and job.owner == owner else None

    def cancel(self, job: Job) -> None:
        """Stops a job at once."""
        with self._lock:
            job.wanted = False
            if job in self._waiting:
                self._waiting.remove(job)
            if job.state in ("waiting", "running"):
                job.state = "cancelled"
        if job.process is not None and job.process.is_alive():
            job.process.terminate()

    def cancel_of(self, owner: str) -> None:
        """Stops all that owners of this name have under way (a session: all its pages), and forgets their results."""
        with self._lock:
            mine = [job for job in self._all.values() if job.owner.startswith(owner)]
        for job in mine:
            self.cancel(job)
            self._all.pop(job.id, None)

    def stop(self) -> None:
        """Stops everything."""
        for job in list(self._all.values()):
            self.cancel(job)

    def _fill(self) -> None:
        """Begins what there is room for."""
        with self._lock:
            while (job := self._next()) is not None:
                self._waiting.remove(job)
                self._running.append(job)
                self._turns[job.user] = max(self._turns.values(), default=0) + 1
                threading.Thread(target=self._watch, args=(job,), daemon=True, name=f"job-{job.id}").start()

    def _next(self) -> Job | None:
        """Of the users with the least under way, whoever has waited longest for a turn; of theirs, the first."""
        if len(self._running) >= self.at_once:
            return None
        busy = Counter(job.user for job in self._running)
        ready = [job for job in self._waiting if busy[job.user] < self.apiece]
        order = {job.id: (busy[job.user], self._turns.get(job.user, 0), at) for at, job in enumerate(ready)}
        return min(ready, key=lambda job: order[job.id], default=None)

    def _watch(self, job: Job) -> None:
        try:
            self._run(job)
        finally:
            with self._lock:
                self._running.remove(job)
            self._fill()

    def _run(self, job: Job) -> None:
        if not job.wanted:
            return
        near, far = self._context.Pipe(duplex=False)
        job.process = self._context.Process(target=work, args=(job.task, far), daemon=True)
        job.process.start()
        far.close()
        if not job.wanted:  # cancelled in between
            job.process.terminate()
        elif job.state == "waiting":
            job.state = "running"
        self._listen(job, near, time.monotonic() + LONGEST)
        job.process.terminate()
        job.process.join(10)
        near.close()

    def _listen(self, job: Job, pipe: Connection, until: float) -> None:
        while job.wanted and time.monotonic() < until:
            try:
                if not pipe.poll(0.25):
                    continue
                kind, content = pipe.recv()
            except (EOFError, ConnectionError):
                break
            if kind == "progress":
                job.done, job.total = content
            elif kind == "done":
                job.result, job.done = content, job.total
                job.state = "done"
                return
            else:
                job.fault, job.state = content, "failed"
                return
        if job.wanted:
            job.fault = ("模拟中断，请减少运行次数再试", "the simulation was cut off; try fewer runs")
            job.state = "failed"
