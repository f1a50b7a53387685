"""The bars of `aidc sweep`: `uv run python tests/benchmarks/sweep.py [--scenarios 40] [--survive 1000] [--kills 2]`.

Efficiency: the same samples by one worker and by two, each worker ready before the clock starts; CPU seconds beside the
wall clock, because on a busy machine the wall tells little. Survival: `aidc sweep` killed with all its workers by
SIGKILL at chosen shares of the work, then resumed; no result stored before a kill may be computed again."""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sweep_case import write_case

from planner.jobs import Job, Limits
from planner.jobs.supervisor import run_local
from planner.studies.sampling import draw
from planner.studies.sweep import question, sample_jobs
from planner.validate import validate
from planner.workbook import read_workbook


def timed(jobs: list[Job], processes: int) -> tuple[float, float]:
    """Wall and CPU seconds from the first result on (workers have loaded their libraries by then), per further job."""
    before, first = time.perf_counter(), 0.0
    begun = resource.getrusage(resource.RUSAGE_CHILDREN)
    outcomes = run_local(jobs, None, processes=processes, limits=Limits())
    for done, outcome in enumerate(outcomes, start=1):
        assert outcome.state == "done", outcome.error
        if done == processes:
            first = time.perf_counter()
    wall = (time.perf_counter() - first) / (len(jobs) - processes)
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = end.ru_utime + end.ru_stime - begun.ru_utime - begun.ru_stime
    print(f"{processes} workers: {time.perf_counter() - before:.1f} s in all, {wall:.3f} s per job, {cpu:.1f} CPU s")
    return wall, cpu


def efficiency(book: Path, count: int) -> None:
    """Two workers against one."""
    base = validate(read_workbook(book))
    jobs = sample_jobs(question(base, 0.001, None), base, draw(base.variations, "latin", count, 0))
    (one, cpu_one), (two, cpu_two) = timed(jobs, 1), timed(jobs, 2)
    print(f"parallel efficiency, {count} samples: wall {one / two / 2:.2f}; CPU {cpu_one / cpu_two:.2f}", flush=True)


def stored(folder: Path) -> dict[str, int]:
    """Results on disk, by name, with the time they were written [ns]."""
    return {p.name: p.stat().st_mtime_ns for p in (folder / "results").rglob("[0-9a-f]*.json")}


def survive(book: Path, folder: Path, count: int, kills: int) -> None:
    """Kill everything some times, then let it end."""
    command = [sys.executable, "-m", "planner", "sweep", str(book), "-o", str(folder), "--samples", str(count)]
    command += ["--resume", "--regret", "0", "--jobs", "2", "-q", "--json"]
    kept: dict[str, int] = {}
    for kill in range(1, kills + 1):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        while len(stored(folder)) < count * kill // (kills + 1) and process.poll() is None:
            time.sleep(0.2)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        now = stored(folder)
        assert all(now.get(name) == written for name, written in kept.items()), "a stored result was lost or made again"
        kept = now
        print(f"kill {kill}: {len(kept)} of {count} stored", flush=True)
    view = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    now = stored(folder)
    assert all(now.get(name) == written for name, written in kept.items()), "a stored result was lost or made again"
    print(f"ended: {view['states']}; none lost, none computed twice")


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenarios", type=int, default=40)
    parser.add_argument("--survive", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        book = Path(place) / "week.xlsx"
        write_case(book)
        if asked.scenarios:
            efficiency(book, asked.scenarios)
        if asked.survive:
            survive(book, Path(place) / "study", asked.survive, asked.kills)


if __name__ == "__main__":
    main()
