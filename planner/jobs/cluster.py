"""Jobs on a Dask cluster (the extra `aidc-planner[cluster]`): the same functions, limits and store.

Each thread of a Dask worker keeps a worker process of ours, so that a job that takes its process with it leaves the
Dask worker alive. A Dask worker that is lost is Dask's to replace: its jobs go to others. Dask lets a task that has
begun run to its end even if nobody wants it; so a run that ends says so by an event, at which jobs end at once."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from planner.errors import PlannerError
from planner.jobs import Job, Limits, Outcome, Watch
from planner.jobs.store import Store
from planner.jobs.supervisor import Reply, Run, Worker, judge, stored

_CONNECT_S = 20
_LOOK_EVERY_S = 1.0
_OF_THIS_THREAD = threading.local()


class NoCluster(PlannerError):
    """The scheduler cannot be reached, or the extra is not installed. A matter of usage."""

    exit_code = 2


def served(job: Job, limits: Limits, run_ended: str) -> Outcome:
    """On a Dask worker: one job, tried as often as the limits allow, until the event of this name says that the run has
    ended."""
    worker = _worker(limits)
    with _ended_with(run_ended, worker):
        for attempt in range(1, limits.attempts + 1):
            outcome = judge(job, worker.do(job), attempt, limits)
            if outcome is not None:
                return outcome
    raise AssertionError("the last attempt is judged")


def _worker(limits: Limits) -> Worker:
    """The worker process of this thread."""
    known = getattr(_OF_THIS_THREAD, "worker", None)
    if known is None or known[0] != limits or known[1].is_closed:
        if known is not None:
            known[1].kill()
        known = _OF_THIS_THREAD.worker = (limits, Worker(limits))
    worker: Worker = known[1]
    return worker


@contextmanager
def _ended_with(run_ended: str, worker: Worker) -> Iterator[None]:
    """Meanwhile a worker process is ended when the run is."""
    from distributed import Event, get_client

    ended, done = Event(run_ended, client=get_client()), threading.Event()

    def watch() -> None:
        while not done.wait(_LOOK_EVERY_S):
            if ended.is_set():
                worker.kill()
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        done.set()


def run_on_cluster(
    jobs: Sequence[Job],
    store: Store | None,
    *,
    address: str,
    limits: Limits,
    watch: Watch | None = None,
) -> Iterator[Outcome]:
    """As `run_local`, on the workers of a Dask scheduler such as tcp://10.0.0.5:8786. They need this package, the same
    version, and the workbook under the same path. Raises NoCluster if there is no scheduler at the address."""
    run = Run(len(jobs), watch)
    waiting: list[Job] = []
    for item in stored(jobs, store, run):
        if isinstance(item, Outcome):
            yield item
        else:
            waiting.append(item)
    if not waiting:
        return
    client, run_ended = _client(address), f"aidc-ended-{uuid.uuid4().hex}"
    try:
        for job, done in _completed(client, waiting, limits, run, run_ended):
            outcome = _outcome(job, done, limits)
            if outcome.state == "done" and store is not None:
                store.put(job.key, outcome.value)
            run.tell(outcome)
            yield outcome
    finally:
        _end(client, run_ended)


def _end(client: Any, run_ended: str) -> None:
    """End what still runs, and drop the jobs that nobody waits for any more."""
    from distributed import Event

    with suppress(OSError, TimeoutError):  # the scheduler may be what was lost
        Event(run_ended, client=client).set()
    client.close(timeout=5)


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as missing:
        words = "--cluster needs Dask distributed: install aidc-planner[cluster]"
        raise NoCluster(words) from missing
    try:
        return Client(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as refused:
        raise NoCluster(f"There is no Dask scheduler at {address}.") from refused


def _completed(client: Any, jobs: list[Job], limits: Limits, run: Run, run_ended: str) -> Iterator[tuple[Job, Any]]:
    from distributed import as_completed

    options = {"pure": False, "retries": 0}
    futures = {client.submit(served, job, limits, run_ended, key=f"aidc-{job.key}", **options): job for job in jobs}
    workers = sum(client.nthreads().values())
    for number, future in enumerate(as_completed(futures, loop=client.loop), start=1):
        run.running = min(workers, len(futures) - number)
        yield futures[future], future


def _outcome(job: Job, future: Any, limits: Limits) -> Outcome:
    """What a future holds; an exception is Dask's own: its workers were lost again and again with this job."""
    error = future.exception()
    if error is None:
        outcome: Outcome = future.result()
        future.release()
        return outcome
    reply = Reply("died", f"Dask reported {type(error).__name__}")
    last = judge(job, reply, limits.attempts, limits)
    assert last is not None
    return last
