"""What work that can wait is worth, and how much connection it saves: hand-solved."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "math"))

from tiny import hall_case, requests, training, training_point  # noqa: E402

from models.accounts import account  # noqa: E402
from models.audit import audit  # noqa: E402
from models.case import Case, CoolingCurve  # noqa: E402
from models.design import Answer  # noqa: E402
from models.flexibility import firm_need  # noqa: E402
from planner.solving import solve  # noqa: E402
from planner.studies.plan import PlanOptions  # noqa: E402
from planner.studies.subjects import rigid  # noqa: E402
from planner.studies.without import without_each_subject  # noqa: E402
from reports.connection import sentences  # noqa: E402

OPTIONS = PlanOptions(gap=1e-9, method="monolithic")


def _answer(case: Case) -> Answer:
    design, proof = solve(case, gap=1e-9, method="monolithic")
    assert design is not None
    accounts = account(case, design)
    answer = Answer(case, design, accounts, proof, audit(case, design, accounts, proof))
    return Answer(**{**vars(answer), "without": without_each_subject(answer, (), OPTIONS)})


def _waiting(**changes: float) -> Case:
    """2 Mreq arrive in step 0 and may wait one step: two racks at once, or one rack twice. A rack costs 10, idles at
    0.05 MW and draws 0.1 MW when busy; a hall of 7; energy at 1."""
    work = requests([2.0, 0.0], kind="deferrable", max_delay_h=1.0)
    return hall_case(workloads=(work,), **changes)


def test_work_that_waits_saves_a_rack_and_half_the_import():
    """Proves: waiting: one rack, 10 + 7 + 0.2; at once: two racks, 20 + 7 + 0.2 + 0.1. Worth 10.1, import 0.2, not
    0.1 MW. Without planning again: all of it at once on the one rack is 0.05 + 0.1 MW. Catches: a value of the wrong
    sign; the peak of the plan itself; rigid work spread over the hours of the plan."""
    answer = _answer(_waiting())
    (saving,) = [r for r in answer.without if r.subject == "flexible_work"]
    assert answer.accounts.objective_kcur == pytest.approx(17.2)
    assert saving.change_low_kcur == pytest.approx(10.1, abs=1e-5)
    assert saving.peak_import_mw == pytest.approx(0.2)
    firm, again = sentences(answer)
    assert "connection of 0.1000 MW" in firm and "0.1500 MW at least" in firm and "connects 0.0500 MW more" in firm
    assert "from 0.2000 to 0.1000 MW: so much more can connect" in again


def test_a_connection_too_small_for_rigid_work():
    """Proves: with 0.15 MW of connection there is no plan without waiting, and 0.2 MW are what it takes. Catches: an
    unsolvable case reported as worth nothing."""
    answer = _answer(_waiting(limit_mw=0.15))
    (saving,) = [r for r in answer.without if r.subject == "flexible_work"]
    assert saving.objective_kcur == float("inf")
    assert saving.peak_import_mw == pytest.approx(0.2)
    assert "would have to be larger" in sentences(answer)[-1]


def test_a_connection_that_gives_way_is_told():
    """Proves: of 4 MW a quarter is left in one of two hours: firm would be 1 MW, 3 more connect. A firm connection says
    nothing. Catches: the share that is missing taken for what is left."""
    answer = _answer(_waiting(limit_mw=4.0, grid={"available_pu": np.array([1.0, 0.25])}))
    (said,) = [text for text in sentences(answer) if "may be interrupted" in text]
    assert ", 1 h of the year" in said
    assert "carry 1.00 MW" in said and "connects 3.00 MW more" in said
    assert not [text for text in sentences(_answer(_waiting())) if "interrupted" in text]


def test_rigid_work_brings_its_losses_and_its_cooling():
    """Proves: 0.05 MW moved into the one step of arrival draw 4 % in the chain and, at 0.2 MW per MW of heat in that
    step, a fifth more for cooling: 0.062 MW above the plan. Catches: IT power alone; cooling of another step."""
    case = _waiting()
    design, _ = solve(case, gap=1e-9, method="monolithic")
    assert design is not None
    chain = replace(case.electrical, proportional_loss_pu=0.04)
    curve = CoolingCurve("dry_bulb", (0.0, 10.0), (0.2, 0.9), (0.0, 0.0))
    site = replace(case.site, dry_bulb_c=np.array([0.0, 10.0]))
    cooling = tuple(replace(c, curve=curve) for c in case.cooling)
    need = firm_need(replace(case, electrical=chain, site=site, cooling=cooling), design)
    assert need.idle_mw == need.planned_mw == pytest.approx(0.1)
    assert need.rigid_mw == pytest.approx(0.1 + 0.05 * (1 + 0.04 + 0.2))


def test_steady_training_has_one_rate():
    """Proves: 2,000 Mtok in 4 steps on a gang of one rack run at half speed in every step when steady, and in two
    cheap steps when not: 4 * 0.05 idle at 1, 1, 9, 9 and 0.05 above it. Catches: a run that still picks hours."""
    run = training(2000.0, [(0, 4)], gang_min=1, gang_max=1, pause_share=1.0)
    case = hall_case([0.0] * 4, [1.0, 1.0, 9.0, 9.0], workloads=(run,), operating_points=(training_point(),))
    for c, busy in ((case, [1, 1, 0, 0]), (rigid(case), [0.5] * 4)):
        design, _ = solve(c, gap=0.0)
        assert design is not None
        assert list(design.operation.busy_racks.values())[0].tolist() == pytest.approx(busy)
