"""Heavy work in processes of their own: progress, cancel, a result; the desk goes on answering meanwhile."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
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
    """One task under way: ``state`` is waiting, running, done, failed or cancelled; ``done`` of ``total`` runs."""

    id: str
    owner: str
    task: Task | None = field(default=None, repr=False)
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
    """All jobs of the desk; one at a time for each owner, which is a session's token and a page's name."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._all: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._room = threading.Semaphore(at_once)
        self._context = multiprocessing.get_context("spawn")
        self._count = 0

    def start(self, owner: str, task: Task) -> Job:
        """Begins a task; what its owner had under way is cancelled."""
        self.cancel_of(owner)
        with self._lock:
            self._count += 1
            job = Job(str(self._count), owner, task, total=task.total)
            self._all[job.id] = job
            for old in [each for each in self._all.values() if each.state not in ("waiting", "running")][:-KEPT]:
                del self._all[old.id]
        threading.Thread(target=self._watch, args=(job, task), daemon=True, name=f"job-{job.id}").start()
        return job

    def find(self, id: str, owner: str) -> Job | None:
        """A job of this owner; nobody sees another's."""
        job = self._all.get(id)
        return job if job is not None and job.owner == owner else None

    def cancel(self, job: Job) -> None:
        """Stops a job at once."""
        job.wanted = False
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

    def _watch(self, job: Job, task: Task) -> None:
        with self._room:
            if not job.wanted:
                return
            near, far = self._context.Pipe(duplex=False)
            job.process = self._context.Process(target=work, args=(task, far), daemon=True)
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
