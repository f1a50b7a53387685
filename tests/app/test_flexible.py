"""What work that can wait is worth, and how much connection it saves: hand-solved."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "math"))

from tiny import hall_case, requests, training, training_point  # noqa: E402

from models.accounts import account  # noqa: E402
from models.audit import audit  # noqa: E402
from models.case import Case  # noqa: E402
from models.design import Answer  # noqa: E402
from planner.solving import solve  # noqa: E402
from planner.studies.plan import PlanOptions  # noqa: E402
from planner.studies.without import rigid, without_each_subject  # noqa: E402
from reports.statements import flexible_work, interruptions  # noqa: E402

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
    0.1 MW. Catches: a value of the wrong sign; the peak of the plan itself."""
    answer = _answer(_waiting())
    (saving,) = [r for r in answer.without if r.subject == "flexible_work"]
    assert answer.accounts.objective_kcur == pytest.approx(17.2)
    assert saving.change_low_kcur == pytest.approx(10.1, abs=1e-5)
    assert saving.peak_import_mw == pytest.approx(0.2)
    assert "from 0.2000 to 0.1000 MW: so much more can connect" in flexible_work(answer)[0]


def test_a_connection_too_small_for_rigid_work():
    """Proves: with 0.15 MW of connection there is no plan without waiting, and 0.2 MW are what it takes. Catches: an
    unsolvable case reported as worth nothing."""
    answer = _answer(_waiting(limit_mw=0.15))
    (saving,) = [r for r in answer.without if r.subject == "flexible_work"]
    assert saving.objective_kcur == float("inf")
    assert saving.peak_import_mw == pytest.approx(0.2)
    assert "would have to be larger" in flexible_work(answer)[0]


def test_a_connection_that_gives_way_is_told():
    """Proves: of 4 MW a quarter is left in one of two hours: firm would be 1 MW, 3 more connect. A firm connection says
    nothing. Catches: the share that is missing taken for what is left."""
    answer = _answer(_waiting(limit_mw=4.0, grid={"available_pu": np.array([1.0, 0.25])}))
    (said,) = interruptions(answer)
    assert ", 1 h of the year" in said
    assert "carry 1.00 MW" in said and "connects 3.00 MW more" in said
    assert interruptions(_answer(_waiting())) == []


def test_steady_training_has_one_rate():
    """Proves: 2,000 Mtok in 4 steps on a gang of one rack run at half speed in every step when steady, and in two
    cheap steps when not: 4 * 0.05 idle at 1, 1, 9, 9 and 0.05 above it. Catches: a run that still picks hours."""
    run = training(2000.0, [(0, 4)], gang_min=1, gang_max=1, pause_share=1.0)
    case = hall_case([0.0] * 4, [1.0, 1.0, 9.0, 9.0], workloads=(run,), operating_points=(training_point(),))
    for c, busy in ((case, [1, 1, 0, 0]), (rigid(case), [0.5] * 4)):
        design, _ = solve(c, gap=0.0)
        assert design is not None
        assert list(design.operation.busy_racks.values())[0].tolist() == pytest.approx(busy)
