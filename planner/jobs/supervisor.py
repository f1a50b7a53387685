"""Jobs on this machine: some worker processes, each replaced when it dies, hangs or has served long enough.

One thread per worker waits for it. An ordinary process pool would not do: there, one dead worker ends all jobs."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.jobs import Job, Limits, Outcome, Tally, Watch
from planner.jobs.store import Store
from planner.jobs.worker import receive, send

_SERVES = 500
"""Jobs after which a worker is replaced, so that memory that a library leaks cannot add up."""
_WATCH_EVERY_S = 0.5
_OUT_OF_MEMORY = 12


@dataclass(frozen=True)
class Reply:
    """What came of one attempt. kind: value, error (the job's own), died, late (past the hard stop)."""

    kind: str
    content: object = None


class Worker:
    """One process that serves jobs; `kill` may be called by any thread."""

    def __init__(self, limits: Limits, processors: int = 1) -> None:
        """processors: how many it may use at once, so that workers side by side do not ask for more than there are."""
        self._limits, self._processors = limits, processors
        self._process: subprocess.Popen[bytes] | None = None
        self._served = 0
        self._closed = False
        self._lock = threading.Lock()

    def do(self, job: Job) -> Reply:
        """Have a job done, in a fresh process if the last one is gone. Whatever goes wrong is a reply too: without
        one, who waits for it would do so for ever."""
        try:
            process = self._ready()
        except OSError as error:
            return Reply("died", f"it could not be started: {error}")
        if process is None:
            return Reply("died", "cancelled")
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        assert process.stdin is not None and process.stdout is not None
        timer = None
        try:
            if not self._served:
                receive(process.stdout)
            if self._limits.seconds is not None:
                timer = threading.Timer(self._limits.seconds, stop)
                timer.start()
            self._served += 1
            send(process.stdin, (job.function, job.payload))
            kind, content = receive(process.stdout)
            return Reply(kind, content)
        except (EOFError, OSError):
            process.kill()
            code = process.wait()
            return Reply("late") if late.is_set() else Reply("died", _death(code))
        except Exception as error:  # a job that cannot be sent, or an answer that cannot be read
            process.kill()
            process.wait()
            return Reply("error", f"{type(error).__name__}: {error}")
        finally:
            if timer is not None:
                timer.cancel()

    @property
    def is_closed(self) -> bool:
        """Whether it was ended for good."""
        return self._closed

    def kill(self) -> None:
        """End the process, whatever it does, for good."""
        with self._lock:
            self._closed = True
            self._end()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                try:
                    if stream is not None:
                        stream.close()
                except OSError:
                    pass  # what was still in the pipe has no reader
        self._process = None

    def _ready(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._closed:
                return None
            if self._process is None or self._process.poll() is not None or self._served >= _SERVES:
                self._end()
                self._process, self._served = _start(self._limits, self._processors), 0
            return self._process


def _start(limits: Limits, processors: int) -> subprocess.Popen[bytes]:
    """A worker process that finds the same modules and keeps to one thread per library."""
    one = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    path = os.pathsep.join(p or os.getcwd() for p in sys.path)
    command = [sys.executable, "-m", "planner.jobs.worker", str(limits.memory_mb or 0), str(processors)]
    env, pipe = {**os.environ, **one, "PYTHONPATH": path}, subprocess.PIPE
    return subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)


def _death(code: int) -> str:
    if code == _OUT_OF_MEMORY:
        return "it ran out of memory"
    return f"it was ended by signal {-code}" if code < 0 else f"it ended with code {code}"


def judge(job: Job, reply: Reply, attempts: int, limits: Limits) -> Outcome | None:
    """The outcome after an attempt; None if the job is to be tried again."""
    if reply.kind == "value":
        return Outcome(job, "done", reply.content, attempts=attempts)
    if reply.kind == "error":
        return Outcome(job, "failed", error=str(reply.content), attempts=attempts)
    if reply.kind == "late":
        return Outcome(job, "failed", error=f"stopped after {limits.seconds:g} s, the hard stop", attempts=attempts)
    if attempts < limits.attempts:
        return None
    words = f"its process died {attempts} times; the last time {reply.content}"
    return Outcome(job, "failed", error=words, attempts=attempts)


class Run:
    """Counts of a run, told to `watch` as they change."""

    def __init__(self, total: int, watch: Watch | None) -> None:
        self.total, self.finished, self.kept, self.failed, self.running = total, 0, 0, 0, 0
        self._watch, self._began = watch, time.monotonic()

    def tell(self, outcome: Outcome | None = None) -> None:
        """Count an outcome, if there is one, and say how far the run is."""
        if outcome is not None:
            self.finished += 1
            self.kept += outcome.state == "kept"
            self.failed += outcome.state == "failed"
        if self._watch is None:
            return
        made, left = self.finished - self.kept, None
        if made:
            left = (time.monotonic() - self._began) / made * (self.total - self.finished)
        self._watch(Tally(self.total, self.finished, self.kept, self.failed, self.running, left))


def stored(jobs: Sequence[Job], store: Store | None, run: Run) -> Iterator[Outcome | Job]:
    """Each job: its outcome if it is stored already, else the job itself."""
    for job in jobs:
        value = store.get(job.key) if store is not None else None
        if value is None:
            yield job
            continue
        outcome = Outcome(job, "kept", value)
        run.tell(outcome)
        yield outcome


def run_local(
    jobs: Sequence[Job],
    store: Store | None,
    *,
    processes: int,
    limits: Limits,
    watch: Watch | None = None,
) -> Iterator[Outcome]:
    """Each job's outcome as it becomes known, stored before it is given out. store None: the jobs keep their own
    results. Leaving the loop, or Ctrl-C, ends all workers at once; what is stored stays."""
    run = Run(len(jobs), watch)
    waiting: deque[tuple[Job, int]] = deque()
    for item in stored(jobs, store, run):
        if isinstance(item, Outcome):
            yield item
        else:
            waiting.append((item, 1))
    if not waiting:
        return
    count = min(processes, len(waiting))
    each = max(1, (os.cpu_count() or 1) // count)
    workers = [Worker(limits, each) for _ in range(count)]
    replies: queue.SimpleQueue[tuple[Worker, Job, int, Reply]] = queue.SimpleQueue()

    def begin(worker: Worker) -> None:
        job, attempt = waiting.popleft()
        run.running += 1

        def work() -> None:
            replies.put((worker, job, attempt, worker.do(job)))

        threading.Thread(target=work, daemon=True).start()

    try:
        for worker in workers:
            begin(worker)
        while run.running:
            try:
                worker, job, attempt, reply = replies.get(timeout=_WATCH_EVERY_S)
            except queue.Empty:
                run.tell()
                continue
            run.running -= 1
            outcome = judge(job, reply, attempt, limits)
            if outcome is None:
                waiting.append((job, attempt + 1))
            elif outcome.state == "done" and store is not None:
                store.put(job.key, outcome.value)
            if waiting:
                begin(worker)
            if outcome is not None:
                run.tell(outcome)
                yield outcome
    finally:
        for worker in workers:
            worker.kill()
