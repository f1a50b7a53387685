"""What each service of the storage costs: told on the command line, in plan.json and in the report."""

from __future__ import annotations

from typing import Any

from click.testing import CliRunner

from models.design import Answer
from planner.cli import cli
from planner.plan_json import plan_from_plain, plan_to_plain, public_view
from planner.results import read_results
from planner.studies.plan import PlanOptions, plan_case
from planner.studies.services import service_savings
from planner.summary import summary
from planner.validate import validate
from planner.workbook import read_workbook
from reports.tables import battery_services

OPTIONS = PlanOptions(gap=1e-7, method="monolithic")


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
    return Answer(**{**vars(answer), "services": service_savings(answer, OPTIONS)})


def test_what_services_cost_is_told(small: Any) -> None:
    """Proves: each duty asked of the storage is priced by a plan without it, which is never dearer; the figures survive
    plan.json to the last bit and stand in the summary and in the report's table. Catches: a service forgotten, or a
    saving of the wrong sign."""
    answer = _planned(small)
    names = [s.service for s in answer.services]
    assert names[:3] == ["ride_through", "smoothing", "ramp"]
    assert all(s.saved_high_kcur >= -1e-6 for s in answer.services[:3])
    assert any(s.saved_low_kcur > 0 for s in answer.services[:3])
    plain = plan_to_plain(answer)
    again = plan_from_plain(plain, answer.case, answer.origins, answer.design.operation)
    assert [vars(s) for s in again.services] == [vars(s) for s in answer.services]
    text = summary(public_view(answer))
    assert "without ride-through: saves" in text and "without limits on ramps" in text
    table = battery_services(answer)
    assert table.head[-1] == "The plan without it, present value" and len(table.rows) == 5


def test_the_command_tells_what_services_cost(small: Any) -> None:
    """Proves: `--services` plans again without each duty, prints it and stores it in the result folder, which reads
    back whole. Catches: an option that is parsed and dropped."""
    _ask(small)
    out = small.folder / "out"
    run = CliRunner().invoke(cli, ["plan", str(small.write()), "-o", str(out), "--services", "--gap", "0.01"])
    assert run.exit_code == 0, run.output
    assert "without ride-through" in run.output
    assert len(read_results(out).answer.services) >= 3
    assert CliRunner().invoke(cli, ["audit", str(out)]).exit_code == 0
