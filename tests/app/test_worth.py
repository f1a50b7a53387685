"""What each subject of the power side is worth: told on the command line, in plan.json, the report and plan.xlsx."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from models.design import Answer
from planner.cli import cli
from planner.plan_json import plan_from_plain, plan_to_plain, public_view
from planner.results import read_results
from planner.solving.sharing import QuestionFamily
from planner.studies.plan import PlanOptions, plan_case
from planner.studies.without import without_each_subject
from planner.summary import summary
from planner.validate import validate
from planner.workbook import read_workbook
from reports.removals import removal_rows
from reports.tables import worth_of_subjects

OPTIONS = PlanOptions(gap=1e-7, method="monolithic")
DUTIES = ["ride_through", "smoothing", "ramp"]


def _ask(small: Any) -> None:
    """Ride-through and limits on swings and ramps for the small workbook."""
    small.rows["Sites"][0].update(ride_through_min=7, export_limit_mw=0, max_swing_mw=0, ramp_limit_mw_per_min=0.1)
    small.rows["Electrical"][0]["included_ride_through_min"] = 5
    for row in small.rows["Workloads"]:
        row.update(swing_pct=40, swing_s=60, ramp_s=0 if row["kind"] == "training" else None)


def _planned(small: Any) -> Answer:
    """The small workbook with its duties, planned, and again without each."""
    _ask(small)
    answer = plan_case(validate(read_workbook(small.write())), OPTIONS)
    return replace(answer, without=without_each_subject(answer, (), OPTIONS))


def test_what_subjects_are_worth_is_told(small: Any) -> None:
    """Proves: each duty is priced by a plan without it, which is never dearer, and each means by one that is never
    cheaper; what the plan has nothing of changes nothing; the figures survive plan.json to the last bit and stand in
    the summary and in the report's table. Catches: a subject forgotten, a change of the wrong sign, an unused means
    that is said to cost something."""
    answer = _planned(small)
    found = {(r.subject, r.item): r for r in answer.without}
    assert [r.subject for r in answer.without][:3] == DUTIES
    assert all(r.change_high_kcur <= 0 for r in answer.without if r.subject in DUTIES)
    assert any(r.change_high_kcur < 0 for r in answer.without if r.subject in DUTIES)
    means = [r for r in answer.without if r.subject in ("battery", "supply", "generator", "programme")]
    assert {r.subject for r in means} >= {"battery", "supply"} and all(r.change_low_kcur >= 0 for r in means)
    for name, mw in answer.design.supply_mw.items():
        assert found["supply", name].in_plan == (mw > 1e-6)
    plain = plan_to_plain(answer)
    again = plan_from_plain(plain, answer.case, answer.origins, answer.design.operation)
    assert [vars(r) for r in again.without] == [vars(r) for r in answer.without]
    text = summary(public_view(answer))
    assert "ride-through: saves" in text and "limit on ramps" in text
    assert len(worth_of_subjects(answer).rows) == len(answer.without)
    for row in removal_rows(answer):
        told = row.verdict.startswith("more than the gaps")
        assert told == (row.removal.change_low_kcur > 0 or row.removal.change_high_kcur < 0) or "no plan" in row.verdict


def test_the_command_tells_what_subjects_are_worth(small: Any) -> None:
    """Proves: `--worth` plans again without each subject, prints it, stores it in the result folder, which reads back
    whole, and writes it to the page and to plan.xlsx with the same figures. Catches: an option that is parsed and
    dropped; a table in one document only."""
    _ask(small)
    out = small.folder / "out"
    run = CliRunner().invoke(cli, ["plan", str(small.write()), "-o", str(out), "--worth", "--gap", "0.01"])
    assert run.exit_code == 0, run.output
    assert "Without" in run.output and "ride-through" in run.output
    stored = read_results(out).answer.without
    assert len(stored) >= 5
    page = openpyxl.load_workbook(out / "plan.xlsx", data_only=True)["Worth of subjects"]
    cells = {row[0]: row for row in page.iter_rows(values_only=True)}
    assert cells["ride-through"][4] == 1000 * stored[0].change_high_kcur
    assert "What each subject is worth" in (out / "report.html").read_text(encoding="utf-8")
    assert CliRunner().invoke(cli, ["audit", str(out)]).exit_code == 0


def test_ctrl_c_keeps_the_plan_and_what_is_known(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: Ctrl-C in the second further solve ends the study, not the command's work: the plan is written with the
    first subject's worth, all others are told as not computed, in the summary, plan.json, the page and plan.xlsx; exit
    code 5; the folder passes the recheck. Catches: a plan lost after hours, a subject told as having no plan."""
    _ask(small)
    solves, solved = [], QuestionFamily.solve

    def interrupted(self: QuestionFamily, question: Any, **options: Any) -> Any:
        solves.append(question)
        if len(solves) == 3:  # the plan's own, the first subject's, this one
            raise KeyboardInterrupt
        return solved(self, question, **options)

    monkeypatch.setattr(QuestionFamily, "solve", interrupted)
    out = small.folder / "out"
    run = CliRunner().invoke(cli, ["plan", str(small.write()), "-o", str(out), "--worth", "--gap", "0.01"])
    assert run.exit_code == 5, run.output
    assert len(solves) == 3 and "not computed" in run.output
    stored = read_results(out).answer.without
    computed = [r.is_computed for r in stored if r.in_plan]
    assert computed[0] and len(computed) > 2 and not any(computed[1:])
    assert "not computed" in (out / "report.html").read_text(encoding="utf-8")
    page = openpyxl.load_workbook(out / "plan.xlsx", data_only=True)["Worth of subjects"]
    told = [row[5] for row in page.iter_rows(values_only=True) if row[5]]
    assert sum(str(words).startswith("not computed") for words in told) == len(computed) - 1
    assert CliRunner().invoke(cli, ["audit", str(out)]).exit_code == 0
