"""A front whose plans are found side by side, in processes of this machine or of a cluster.

One job is one plan, or how little any design needs of a criterion; results are stored as soon as they are known, under
keys of all that they depend on. A worker process keeps the families of its front, so that each further plan that it is
given starts from those before. The limits are spaced evenly between the ends, once and for all."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from models.front import Front, Least
from planner.codec import decode, encode
from planner.jobs import Job, Outcome, key_of
from planner.jobs.machines import Machines
from planner.jobs.store import Store
from planner.studies.pareto import Found, FrontStudy, Limits, ParetoOptions, check_against
from planner.studies.sweep import question, workbook_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.jobs import Watch
    from planner.progress import Progress
    from planner.validate import ValidatedCase


def front_side_by_side(
    validated: ValidatedCase,
    options: ParetoOptions,
    on: Machines,
    store: Store,
    watch: Callable[[str], Watch],
    *,
    progress: Progress | None = None,
    read_seconds: float = 0.0,
) -> Front:
    """As run_pareto. watch: given words for what is being looked for, what is told of a run. A plan whose process died
    again and again, or was ended, is missing, and the front says that it was stopped."""
    check_against(validated, options)
    run = _Run(validated, options, on, store, watch, FrontStudy(validated, options, progress))
    begun = time.perf_counter()
    front = run.front()
    return replace(front, seconds={"read": read_seconds, "study": time.perf_counter() - begun})


class _Run:
    """One front while its jobs run."""

    def __init__(
        self,
        validated: ValidatedCase,
        options: ParetoOptions,
        on: Machines,
        store: Store,
        watch: Callable[[str], Watch],
        study: FrontStudy,
    ) -> None:
        self._question = question(validated, options.gap, options.time_limit)
        self._options, self._on, self._store, self._watch, self._study = options, on, store, watch, study

    def front(self) -> Front:
        """The ends first, then the plans between."""
        study = self._study
        first, least = self._job("point", study.free), [self._job("least", name) for name in study.free]
        found = self._all([first, *least], "Ends")
        study.need(self._take(study.free, found[first.key], is_first=True))
        known = [self._least(name, found[job.key]) for name, job in zip(study.free, least, strict=True)]
        if all(known):
            if len(study.free) > 1:
                self._points(list(study.ends().values()), "Thriftiest plans")
            self._points(study.combinations(), "Plans between")
        return study.front()

    def _points(self, limits: Sequence[Limits], words: str) -> None:
        wanted = [each for each in limits if not self._study.is_known(each)]
        jobs = [self._job("point", each) for each in wanted]
        found = self._all(jobs, words)
        for each, job in zip(wanted, jobs, strict=True):
            self._take(each, found[job.key], is_first=False)

    def _all(self, jobs: Sequence[Job], words: str) -> dict[str, Outcome]:
        once = list({job.key: job for job in jobs}.values())
        return {o.job.key: o for o in self._on.run(once, self._store, self._watch(words))}

    def _take(self, limits: Limits, outcome: Outcome, *, is_first: bool) -> Any:
        if outcome.state == "failed":
            self._study.stopped = "process"
            return None
        found: Found = decode(Found, outcome.value["found"])
        return self._study.take(limits, found, outcome.value["cpu_s"], is_first=is_first)

    def _least(self, name: str, outcome: Outcome) -> bool:
        if outcome.state == "failed" or outcome.value["least"] is None:
            self._study.stopped = "process" if outcome.state == "failed" else "time limit"
            return False
        self._study.least[name] = decode(Least, outcome.value["least"])
        self._study.least_cpu_s += outcome.value["cpu_s"]
        return True

    def _job(self, what: str, of: Any) -> Job:
        depends = {"digest": self._question.digest, "options": _plain(self._options), "what": what, "of": of}
        payload = {**depends, "files": [str(path) for path in self._question.files]}
        return Job(key_of("front", depends), f"{__name__}:found_in_worker", payload)


def _plain(options: ParetoOptions) -> dict[str, Any]:
    """What a single plan depends on; not how many are wanted."""
    return {name: value for name, value in asdict(options).items() if name != "points"}


# -- in the worker ----------------------------------------------------------------------------------------------------


def found_in_worker(payload: dict[str, Any]) -> dict[str, Any]:
    """A plan within limits, or how little any design needs of a criterion; with the processor time it took."""
    begun = time.process_time()
    plain = payload["options"]
    study = _study(tuple(payload["files"]), payload["digest"], tuple(plain["against"]), *_numbers(plain))
    if payload["what"] == "least":
        least = study.least_of(payload["of"])
        value = {"least": None if least is None else encode(least)}
    else:
        value = {"found": encode(study.find(payload["of"]))}
    return {**value, "cpu_s": time.process_time() - begun}


def _numbers(plain: dict[str, Any]) -> tuple[float, float | None, int]:
    return plain["gap"], plain["time_limit"], plain["seed"]


@functools.lru_cache(maxsize=1)
def _study(
    files: tuple[str, ...], digest: str, against: tuple[str, ...], gap: float, time_limit: float | None, seed: int
) -> FrontStudy:
    """The front of this process, with its families; kept from job to job."""
    from planner.validate import validate

    options = ParetoOptions(against, gap=gap, time_limit=time_limit, seed=seed)
    study = FrontStudy(validate(workbook_of(files, digest)), options, None)
    study.compile()
    return study
