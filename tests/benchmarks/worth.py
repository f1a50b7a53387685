"""What it takes to tell what each subject is worth: `python tests/benchmarks/worth.py [--hours 336] [--gap 0.001]`.

The Ulsan example's first hours (without its training runs), three stages: planned, then planned again without each
subject of the power side, once by turning the search of the plan (as `aidc plan --worth` does), once each from scratch.
Prints the processor time of both and fails if an interval of a change lies outside the other's."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sweep_case import write_case  # noqa: E402

from models.design import Removal  # noqa: E402
from planner.solving.sharing import QuestionFamily  # noqa: E402
from planner.studies.choose import Known  # noqa: E402
from planner.studies.growth import plan_growth  # noqa: E402
from planner.studies.plan import PlanOptions  # noqa: E402
from planner.studies.without import without_each_subject  # noqa: E402
from planner.validate import validate  # noqa: E402
from planner.workbook import read_workbook  # noqa: E402
from reports.removals import subject_name  # noqa: E402


class Alone(QuestionFamily):
    """Every question from scratch."""

    def solve(self, *args: Any, **options: Any) -> Any:
        fresh = QuestionFamily(self.method, self.seed)
        try:
            return fresh.solve(*args, **options)
        finally:
            fresh.close()


class Timed:
    """Processor time of each solve, told as it begins."""

    solver = None

    def __init__(self) -> None:
        self.begun: list[tuple[str, float]] = []

    def step(self, label: str) -> None:
        """Note when a step begins."""
        self.begun.append((label, time.process_time()))


def main() -> None:
    """Measure and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=int, default=336)
    parser.add_argument("--gap", type=float, default=0.001)
    asked = parser.parse_args()
    options = PlanOptions(gap=asked.gap, method="decomposed", marginals="none")
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "ulsan.xlsx"
        write_case(book, "ulsan-ai-campus", asked.hours)
        judged = validate(read_workbook(book))
    known, begun = Known(keeps_search=True), time.process_time()
    answer = plan_growth(judged, options, known=known)
    print(f"plan of {len(judged.growths)} choices: {time.process_time() - begun:.0f} CPU s", flush=True)
    found: list[dict[str, Removal]] = []
    for how, family in (("turned", known.family), ("from scratch", Alone("decomposed"))):
        steps: Any = Timed()
        removals = without_each_subject(answer, judged.growths, options, steps, family)
        steps.step("")
        for (label, start), (_, end) in zip(steps.begun, steps.begun[1:], strict=False):
            print(f"  {how}: {label}: {end - start:.1f} CPU s")
        print(f"{how}: {steps.begun[-1][1] - steps.begun[0][1]:.0f} CPU s", flush=True)
        found.append({subject_name(r.subject, r.item): r for r in removals})
    turned, scratch = found
    for name, one in turned.items():
        other = scratch[name]
        print(f"  {name}: {one.change_low_kcur:.1f} to {one.change_high_kcur:.1f} kcur, "
              f"from scratch {other.change_low_kcur:.1f} to {other.change_high_kcur:.1f}")  # fmt: skip
        overlap = one.change_low_kcur <= other.change_high_kcur and other.change_low_kcur <= one.change_high_kcur
        assert overlap, name


if __name__ == "__main__":
    main()
