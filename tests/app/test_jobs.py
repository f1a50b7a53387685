"""The runner of many jobs: kills, poison, hard stops, memory, resumption; here and on a Dask cluster on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.jobs import Job, Limits, Outcome, Tally, key_of
from planner.jobs.store import Store
from planner.jobs.supervisor import run_local

HERE = Path(__file__).parent


def work(payload: dict[str, Any]) -> dict[str, Any]:
    """The job of these tests: leaves a line in a log per call, then does what its payload says."""
    with (Path(payload["log"])).open("a") as log:
        log.write(f"{payload['n']}\n")
    calls = Path(payload["log"]).read_text().split().count(str(payload["n"]))
    kind = payload.get("kind", "")
    if kind == "poison" or (kind == "dies once" and calls == 1):
        os._exit(9)
    if kind == "hangs":
        Path(payload["log"]).with_name("hangs").write_text(str(os.getpid()))
        time.sleep(600)
    if kind == "eats":
        bytearray(4 << 30)
    if kind == "wrong":
        raise ValueError("no such thing")
    if kind == "counts":
        return {"processors": os.cpu_count()}
    time.sleep(payload.get("seconds", 0))
    return {"square": payload["n"] ** 2}


def jobs(folder: Path, *kinds: str, seconds: float = 0) -> list[Job]:
    sys.path.insert(0, str(HERE)) if str(HERE) not in sys.path else None
    rows = [{"n": n, "kind": kind, "log": str(folder / "log"), "seconds": seconds} for n, kind in enumerate(kinds)]
    return [Job(key_of(row), "test_jobs:work", row) for row in rows]


def calls(folder: Path) -> list[int]:
    return sorted(int(n) for n in (folder / "log").read_text().split())


def run(todo: list[Job], store: Store, **more: Any) -> dict[int, Outcome]:
    limits = more.pop("limits", Limits())
    return {o.job.payload["n"]: o for o in run_local(todo, store, processes=2, limits=limits, **more)}


def test_each_way_to_fail_is_told_and_the_rest_finish(tmp_path: Path) -> None:
    """One job loses its process once and is done at the second attempt; one always does and is given up after three;
    one hangs and is stopped; one raises. The others' results are right. Caught: a pool that breaks with one worker, a
    death taken for a result, endless retries."""
    told: list[Tally] = []
    todo = jobs(tmp_path, "", "dies once", "poison", "hangs", "wrong", "")
    found = run(todo, Store(tmp_path / "s"), limits=Limits(seconds=10), watch=told.append)
    assert [found[n].state for n in range(6)] == ["done", "done", "failed", "failed", "failed", "done"]
    assert (found[1].value, found[1].attempts, found[5].value) == ({"square": 1}, 2, {"square": 25})
    assert "died 3 times" in found[2].error and "hard stop" in found[3].error and "no such thing" in found[4].error
    assert calls(tmp_path) == [0, 1, 1, 2, 2, 2, 3, 4, 5]
    assert (told[-1].finished, told[-1].failed, told[-1].running) == (6, 3, 0)


def test_a_worker_that_cannot_start_and_a_job_that_cannot_be_sent_end_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without memory for a process its job is given up after three attempts; a payload that cannot be pickled is the
    job's own failure, and the next job is done. Caught: a run that waits for ever for a thread that is gone."""
    unsendable = Job("k", "test_jobs:work", {"n": 7, "log": str(tmp_path / "log"), "kind": lambda: None})
    found = run([unsendable, *jobs(tmp_path, "")], Store(tmp_path / "s"))
    assert found[7].state == "failed" and "pickle" in found[7].error and found[0].value == {"square": 0}

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr("planner.jobs.supervisor.subprocess.Popen", full)
    (none,) = run(jobs(tmp_path, ""), Store(tmp_path / "t")).values()
    assert none.state == "failed" and "Cannot allocate memory" in none.error


def test_workers_share_the_processors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of seven processors two workers use three each, so that full years side by side do not start more threads than
    there are processors. Caught: a search that counts all of them in each worker."""
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    found = run(jobs(tmp_path, "counts", "counts"), Store(tmp_path / "s"))
    assert [o.value for o in found.values()] == [{"processors": 3}] * 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps the limit for certain")
def test_memory_is_limited(tmp_path: Path) -> None:
    """4 GB asked of a process that may have 2: it dies, is told, and the other job finishes. Caught: no limit set."""
    found = run(jobs(tmp_path, "eats", ""), Store(tmp_path / "s"), limits=Limits(memory_mb=2048, attempts=1))
    assert "out of memory" in found[0].error and found[1].state == "done"


def test_what_is_stored_is_never_computed_again(tmp_path: Path) -> None:
    """A run left after its first result, then begun again: every job was computed, none whose result was stored twice.
    Failures are not stored, so a second run tries them again. A torn draft does no harm."""
    todo, store = jobs(tmp_path, "", "", "wrong", "", ""), Store(tmp_path / "s")
    first = next(iter(run_local(todo, store, processes=1, limits=Limits())))
    (tmp_path / "s" / todo[1].key[:2]).mkdir(exist_ok=True)
    (tmp_path / "s" / todo[1].key[:2] / ".x.partial").write_text("{")
    found = run(todo, store)
    assert found[first.job.payload["n"]].state == "kept"
    again = run(todo, store)
    assert [again[n].state for n in range(5)] == ["kept", "kept", "failed", "kept", "kept"]
    assert {n: calls(tmp_path).count(n) for n in (0, 2)} == {0: 1, 2: 2}


SCRIPT = """
import sys
from collections.abc import Callable
from pathlib import Path
sys.path[:0] = [{here!r}]
import test_jobs
from planner.jobs import Limits
from planner.jobs.store import Store
from planner.jobs.supervisor import run_local
folder = Path({folder!r})
for o in run_local(test_jobs.jobs(folder, *[""] * 12, seconds=0.2), Store(folder / "s"), processes=2, limits=Limits()):
    print(o.job.payload["n"], o.state, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_killed_run_resumes(tmp_path: Path) -> None:
    """A run whose supervisor is ended by SIGKILL after four results: its workers end by themselves (no job begins
    later), the four are kept by the next run, and all twelve are there. Caught: orphans, results lost or made twice."""
    script = SCRIPT.format(here=str(HERE), folder=str(tmp_path))
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    seen = {int(process.stdout.readline().split()[0]) for _ in range(4)}
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    begun = len(calls(tmp_path))
    found = run(jobs(tmp_path, *[""] * 12, seconds=0.2), Store(tmp_path / "s"))
    assert {n for n in found if found[n].state == "kept"} >= seen and len(found) == 12
    kept = sum(o.state == "kept" for o in found.values())
    assert len(calls(tmp_path)) == begun + 12 - kept  # an orphan at work would have added a line


def test_the_same_jobs_on_a_cluster_with_kills(tmp_path: Path) -> None:
    """A real scheduler and two workers in processes of their own; one worker is ended by force while jobs run. All
    jobs finish on the other, a poisoned one is told without harm to any worker. A run that is left takes its processes
    with it. Caught: a cluster that loses the jobs of a lost worker, jobs that go on when nobody wants them."""
    distributed = pytest.importorskip("distributed")
    from planner.jobs.cluster import run_on_cluster
    from planner.jobs.machines import Machines

    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        todo = jobs(tmp_path, "", "poison", *[""] * 8, seconds=0.3)
        store, found = Store(tmp_path / "s"), {}
        for outcome in run_on_cluster(todo, store, address=cluster.scheduler_address, limits=Limits()):
            found[outcome.job.payload["n"]] = outcome
            if len(found) == 2:
                os.kill(cluster.workers[0].pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        with distributed.Client(cluster, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)  # on a busy machine the lost one takes its time to come back
        left = Machines(cluster=cluster.scheduler_address).run(jobs(tmp_path, "hangs", "counts"), None)
        assert next(left).job.payload["n"] == 1
        assert _within(10, lambda: (tmp_path / "hangs").exists())
        left.close()  # type: ignore[attr-defined]
        assert _within(10, lambda: not _alive(int((tmp_path / "hangs").read_text())))
    assert [found[n].state for n in range(10)] == ["done", "failed", *["done"] * 8]
    assert "died 3 times" in found[1].error
    assert all(run(todo[:1] + todo[2:], store)[n].state == "kept" for n in (0, 2, 9))


def _within(seconds: float, what: Callable[[], bool]) -> bool:
    """Whether it comes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.1)
    return False


def _alive(pid: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
