"""Where jobs run: in processes of this machine, or on a Dask cluster; the outcomes are the same."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.jobs import Job, Limits, Outcome, Watch
from planner.jobs.store import Store


@dataclass(frozen=True)
class Machines:
    """What a run may use."""

    processes: int | None = None
    """jobs at a time on this machine; None: as many as it has processors"""
    cluster: str | None = None
    """address of a Dask scheduler that takes its place"""
    limits: Limits = Limits()

    @property
    def at_a_time(self) -> int:
        """Jobs at a time on this machine."""
        return self.processes or os.cpu_count() or 1

    def run(self, jobs: Sequence[Job], store: Store | None, watch: Watch | None = None) -> Iterator[Outcome]:
        """Each job's outcome as it becomes known, stored before it is given out (store None: the jobs keep their own
        results). Leaving the loop, or Ctrl-C, ends the run within seconds; what is stored stays."""
        if self.cluster:
            from planner.jobs.cluster import run_on_cluster

            return run_on_cluster(jobs, store, address=self.cluster, limits=self.limits, watch=watch)
        from planner.jobs.supervisor import run_local

        return run_local(jobs, store, processes=self.at_a_time, limits=self.limits, watch=watch)
