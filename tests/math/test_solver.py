"""The hand-over to HiGHS: the arrays say what the Pyomo model says, options are checked, limits keep the incumbent."""

import _thread
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from typing import Any

import highspy
import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.contrib.solver.common.results import SolutionStatus, TerminationCondition
from pyomo.contrib.solver.solvers.highs import Highs
from randomcases import random_case
from scipy import sparse
from tiny import hall, hall_case, rack

from models.assembly import build_design, build_operation
from models.assembly import join as join_in_pyomo
from planner.solving import solve
from planner.solving.arrays import Arrays, compile_block, compile_case, join
from planner.solving.highs import SECOND_LOOK_S, Outcome, Run, set_option, solve_confirmed
from planner.solving.master import Empty, Master

SEEDS = [0, 4, 9, 16, 25, 34]


def stock_objective(model: pyo.ConcreteModel) -> float | None:
    """Least cost by Pyomo's own interface to HiGHS; None if infeasible."""
    result = Highs().solve(
        model, rel_gap=0.0, threads=1, load_solutions=False, raise_exception_on_nonoptimal_result=False
    )
    if result.solution_status is SolutionStatus.optimal:
        return float(result.incumbent_objective)
    assert result.termination_condition in (
        TerminationCondition.provenInfeasible,
        TerminationCondition.infeasibleOrUnbounded,
    )
    return None


def test_row_senses():
    """Proves: <=, >=, == and bounds arrive as such. Catches: the compiler's row senses read the other way round, which
    silently solves another problem."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(bounds=(1, 8))
    m.y = pyo.Var(within=pyo.NonNegativeIntegers)
    m.most = pyo.Constraint(expr=m.x + m.y <= 7)
    m.least = pyo.Constraint(expr=m.x - m.y >= 3)
    m.same = pyo.Constraint(expr=m.x + 2 * m.y == 9)
    m.cost = pyo.Objective(expr=m.x + 10 * m.y + 100)
    found = Run(compile_block(m).arrays).solve()
    # x = 9 - 2 y: x + y <= 7 -> y >= 2; x - y >= 3 -> y <= 2; so x = 5, y = 2
    assert found.objective == pytest.approx(5 + 20 + 100)


@pytest.mark.parametrize("seed", SEEDS)
def test_arrays_against_pyomos_own_interface(seed):
    """Proves: joining compiled arrays by names gives the optimum of the model joined in Pyomo by equalities and solved
    through Pyomo's stock interface. Catches: swapped linking columns, lost bounds, a wrong offset."""
    case = random_case(seed)
    design, proof = solve(case, gap=0.0, method="monolithic")
    expected = stock_objective(join_in_pyomo(case))
    if expected is None:
        assert (design, proof.status) == (None, "infeasible")
    else:
        assert proof.objective_kcur == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_misspelt_options_are_refused():
    """Proves: an unknown option or value raises. Catches: HiGHS only logs it and goes on with its default."""
    highs = highspy.Highs()
    set_option(highs, "output_flag", False)
    with pytest.raises(ValueError, match="mip_rel_gaps"):
        set_option(highs, "mip_rel_gaps", 0.1)
    with pytest.raises(ValueError, match="time_limit"):
        set_option(highs, "time_limit", -1.0)
    with pytest.raises(ValueError, match="no_such_option"):
        Run(join(compile_case(hall_case()))[0], options={"no_such_option": 1}).solve()


def knapsack_case():
    """A case whose integers keep HiGHS busy for longer than the time limit of the test below."""
    r = np.random.default_rng(1)
    racks = tuple(rack(f"R{i}", peak_mw=0.1 + 0.0137 * i, cost_kcur=10 + 1.31 * i, max_racks=60) for i in range(10))
    offers = tuple(
        hall(f"hall {i}", it_mw=0.7 + 0.31 * i, electrical_mw=9.0, heat_mw=9.0, ex_works_k=7.1 + 2.9 * i, max_count=9)
        for i in range(8)
    )
    base = hall_case(np.abs(r.normal(90, 30, 48)).tolist(), racks=racks, offers=offers)
    point = base.operating_points[0]
    points = tuple(replace(point, rack=x.name, output_mtok_per_h=1000.0 + 97 * i) for i, x in enumerate(racks))
    return replace(base, operating_points=points)


def test_a_time_limit_keeps_the_incumbent_with_its_gap():
    """Proves: stopped early, the best plan so far comes back with a bound below it. Catches: an incumbent thrown
    away, a gap claimed closed, a limit ignored."""
    case = knapsack_case()
    design, proof = solve(case, gap=0.0, time_limit=1.5, method="monolithic")
    assert proof.status == "limit"
    assert design is not None
    assert proof.bound_kcur < proof.objective_kcur
    assert proof.seconds < 8


def _market_split() -> Master:
    """A market split of 4 rows and 40 columns: hours of work to find any whole answer, or that there is none."""
    draw = np.random.default_rng(0)
    weight = draw.integers(0, 100, (4, 40)).astype(float)
    half = np.floor(weight.sum(axis=1) / 2)
    rows, whole = sparse.csc_array(weight), np.ones(40, dtype=bool)
    return Master(Arrays(np.zeros(40), 0.0, rows, half, half, np.zeros(40), np.ones(40), whole), [], seed=0)


def test_ctrl_c_ends_a_design_problem(request: pytest.FixtureRequest) -> None:
    """Proves: Ctrl-C while HiGHS looks for whole numbers ends that and is passed on. Catches: a plan that Ctrl-C is to
    keep lost because the search hears of it too late."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job may ignore it
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    timer = threading.Timer(1.0, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        _market_split().whole(0.0, time_limit=300.0)
    timer.join()


def test_a_relaxed_design_that_presolve_loses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: where HiGHS does not know whether what presolve restored is an answer (rows missed by 3e-7, seen with
    three stages of a campus), the design problem is solved without it. Catches: "no relaxed design", which hands a year
    of stages over whole, without an end."""
    status = highspy.Highs.getModelStatus

    def unsure(highs: highspy.Highs) -> highspy.HighsModelStatus:
        lost = highs.getOptionValue("presolve")[1] != "off"
        return highspy.HighsModelStatus.kUnknown if lost else status(highs)

    monkeypatch.setattr(highspy.Highs, "getModelStatus", unsure)
    point = _knapsack().relaxed()
    assert point is not None and point.objective < 0


def test_so_many_nodes_end_a_design_problem() -> None:
    """Proves: a search for whole numbers ends after the nodes that it may take, with what it found and a bound that
    holds; or with nothing, if it found nothing. Catches: a first design for whose last thousandth the search of a plan
    of stages sat for twenty minutes; a bound taken for the cost of an answer that is not the best."""
    assert _market_split().whole(0.0, time_limit=300.0, most_nodes=20) is None
    master = _knapsack()
    exact, rough = master.whole(0.0, None), master.whole(0.0, None, most_nodes=1)
    assert exact is not None and rough is not None and not rough.is_finished
    assert rough.bound < exact.objective <= rough.objective


def test_a_gap_ends_the_search_and_is_kept():
    """Proves: with a gap of 30 % the bound is within it and below the optimum. Catches: a bound above the optimum."""
    case = hall_case([5, 3])
    _, exact = solve(case, gap=0.0)
    _, rough = solve(case, gap=0.3)
    assert rough.status == "optimal"
    assert rough.bound_kcur <= exact.objective_kcur * (1 + 1e-9)
    assert rough.objective_kcur - rough.bound_kcur <= 0.3 * rough.objective_kcur


def test_the_same_seed_gives_the_same_plan():
    """Proves: two runs agree to the last digit. Catches: threads or order that change ties."""
    case = random_case(3)
    (_, first), (_, second) = solve(case, gap=0.0, seed=5), solve(case, gap=0.0, seed=5)
    assert first.objective_kcur == second.objective_kcur


@pytest.mark.parametrize("seed", [0, 9])
def test_every_variable_and_constraint_states_its_unit(seed):
    """Proves: each public variable and constraint has a doc string that ends in its [unit]. Catches: undocumented
    ones."""
    case = random_case(seed)
    models = [build_design(case), *(build_operation(case, m) for m in case.calendar.months)]
    components = [c for m in models for c in m.component_objects((pyo.Var, pyo.Constraint))]
    assert len(components) > 20
    assert [c.name for c in components if not (c.doc or "").endswith("]") or "[" not in (c.doc or "")] == []


@pytest.mark.parametrize("is_integer", [False, True])
def test_a_problem_without_end_is_not_called_impossible(is_integer):
    """Proves: x - y >= 0 at a cost of -x has plans without end, and is not proven impossible; with x - y <= -1 beside
    it, it is. Catches: the verdict "infeasible or unbounded" of presolve taken for a proof."""
    rows = sparse.csc_array(np.array([[1.0, -1.0], [1.0, -1.0]]))
    endless = Arrays(
        cost=np.array([-1.0, 0.0]),
        offset=0.0,
        matrix=rows,
        row_lower=np.array([0.0, -np.inf]),
        row_upper=np.full(2, np.inf),
        col_lower=np.zeros(2),
        col_upper=np.full(2, np.inf),
        is_integer=np.array([is_integer] * 2),
    )
    assert not Run(endless).solve().infeasible
    assert Run(replace(endless, row_upper=np.array([np.inf, -1.0]))).solve().infeasible


def called_impossible_by_presolve() -> Arrays:
    """a = b + c and d = e + f, all at least 0; a <= g, d <= h, g + h <= 1, 25 (a + d) <= 2.5; b, c, e, f, h whole.
    Nothing of each is a solution. Made of a portfolio of random sites by leaving out what could be left out."""
    rows = np.zeros((6, 8))
    for row, columns in enumerate(({0: 1, 1: -1, 2: -1}, {0: 1, 6: -1}, {3: 1, 4: -1, 5: -1}, {3: 1, 7: -1},
                                   {6: 1, 7: 1}, {0: 25, 3: 25})):  # fmt: skip
        rows[row, list(columns)] = list(columns.values())
    return Arrays(
        cost=np.zeros(8),
        offset=0.0,
        matrix=sparse.csc_array(rows),
        row_lower=np.array([0.0, -np.inf, 0.0, -np.inf, -np.inf, -np.inf]),
        row_upper=np.array([0.0, 0.0, 0.0, 0.0, 1.0, 2.500000000000002]),
        col_lower=np.zeros(8),
        col_upper=np.full(8, np.inf),
        is_integer=np.array([False, True, True, False, True, True, False, True]),
    )


def test_infeasibility_is_confirmed_without_presolve():
    """Proves: a problem that presolve of HiGHS 1.15 wrongly calls infeasible is solved, whole and as a design problem
    of the decomposition; one that has no solution is still told from it. Catches: a verdict of presolve taken for a
    proof, which would tell a user that no plan exists."""
    arrays = called_impossible_by_presolve()
    outcome = Run(arrays).solve()
    assert not outcome.infeasible and outcome.solution == pytest.approx(np.zeros(8))
    master = Master(arrays, [0.0], seed=0)
    assert master.whole(1e-6, None) is not None and master.relaxed() is not None
    none = replace(arrays, col_lower=np.array([0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]))
    assert Run(none).solve().infeasible
    with pytest.raises(Empty):
        Master(none, [0.0], seed=0).whole(1e-6, None)


@pytest.mark.parametrize(
    ("second", "proven", "objective"),
    [({}, True, -1.0), ({"objective": -1.5, "bound": -1.5}, True, -1.5), ({"interrupted": True}, False, -1.0)],
)
def test_a_proof_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch, second: dict[str, Any], proven: bool, objective: float
) -> None:
    """Proves: a proof of a problem with integers is tried again from its solution without presolve; what that finds
    below the bound counts, what it finds above does not, and after Ctrl-C the first solution stands as not proven.
    Catches: a bound of presolve taken for proven, Ctrl-C swallowed, a second look that ends at once for the first had
    its proof."""
    true_solve, runs = Run.solve, []

    def solve(run: Run) -> Outcome:
        runs.append(run)
        found = true_solve(run)
        return found if len(runs) == 1 else replace(found, **second)

    monkeypatch.setattr(Run, "solve", solve)
    one = sparse.csc_array(np.array([[2.0]]))
    free = {"row_lower": np.array([-np.inf]), "row_upper": np.array([3.0]), "col_lower": np.zeros(1)}
    whole = {"col_upper": np.array([9.0]), "is_integer": np.array([True])}
    asked = Run(Arrays(np.array([-1.0]), 0.0, one, **free, **whole), stop=lambda _, bound: bound >= -1.01)
    outcome = solve_confirmed(asked)
    assert (outcome.proven, outcome.objective) == (proven, pytest.approx(objective))
    assert outcome.interrupted is not proven
    again = runs[1]
    assert again.options == {"presolve": "off"} and again.start == pytest.approx([1.0]) and not asked.options
    assert 0 < again.time_limit <= SECOND_LOOK_S


def test_a_solve_loads_no_library_that_it_does_not_use():
    """Proves: Pyomo is loaded without its solvers' plugins, scipy without statistics, which Pyomo asks it for. Catches:
    a second and a half, and 60 MB, that every command would take again."""
    code = (
        "import sys; import planner.solving.decomposed, planner.solving.joined, planner.solving.monolithic; "
        "print([m for m in ('pyomo.environ', 'scipy.stats', 'scipy.integrate', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _knapsack() -> Master:
    """The most worth of 60 things within two limits of weight."""
    draw = np.random.default_rng(3)
    weight, worth = draw.integers(50, 150, 60).astype(float), draw.integers(50, 150, 60).astype(float)
    rows = sparse.csc_array(np.vstack([weight, worth + weight]))
    room = np.array([weight.sum() / 2, 0.45 * (worth + weight).sum()])
    whole = np.ones(60, dtype=bool)
    return Master(Arrays(-worth, 0.0, rows, np.full(2, -np.inf), room, np.zeros(60), np.ones(60), whole), [], seed=0)


def test_a_bound_that_is_enough_ends_a_design_problem() -> None:
    """Proves: a search for whole numbers ends once its bound has passed what is enough, long before the least cost is
    proven (a knapsack of 60 columns), and what is found is no better than the bound; a bound that is enough before any
    answer is known is told too. Catches: minutes spent on a proof that nobody needs, such a bound taken for a lack of
    time, a search ended by the bound of a problem that has no solution."""
    master = _knapsack()
    exact = master.whole(0.0, None)
    assert exact is not None and exact.is_finished
    early = master.whole(0.0, None, enough=1.05 * exact.objective)
    assert early is not None and not early.is_finished
    assert 1.05 * exact.objective <= early.bound <= exact.objective <= early.objective
    split = _market_split()
    nothing = split.whole(0.0, time_limit=300.0, enough=-1.0)
    assert nothing is not None and nothing.x.size == 0 and nothing.bound > -1.0
