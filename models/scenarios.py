"""Scenarios: several futures of one project, what must be decided before it is known which one comes, and the plan.

Question (`Scenarios`) and answer (`ScenarioPlan`, `ScenarioAccounts`) as plain numbers. Each scenario is a whole plan
of growth (models.stages; without stages, one of a single stage) with its own years, prices and offers; they are joined
by what is bought and retired before it is known which of them it is (models.scenario_tree)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from models.design import AuditReport, Proof
from models.stages import Growth, GrowthAccounts, GrowthPlan, Purchase

Objective = Literal["expected", "regret"]

TIE = 1e-3
"""Share of the expected regret that is added to the largest one, so that scenarios that do not matter for the largest
are planned well too: the largest regret is then within this share of its least."""
SAME = 1e-9
"""How far a sum of probabilities may be from one."""


@dataclass(frozen=True, eq=False)
class Scenario:
    """One future, its probability and when it is told from the others."""

    name: str
    probability: float
    growth: Growth
    known: int = 1
    """number of the stage (from 0) at whose start it is known whether this scenario has come; the number of stages:
    never"""


@dataclass(frozen=True, eq=False)
class Scenarios:
    """Futures of one project. Raises ValueError if probabilities do not sum to one, or stages start at other years."""

    name: str
    scenarios: tuple[Scenario, ...]
    objective: Objective = "expected"
    least_kcur: tuple[float, ...] = ()
    """per scenario, for objective regret: the cost that regret counts from, that of its own best plan"""
    given: tuple[Purchase, ...] | None = None
    """purchases of another plan: what it decides before a scenario is known is taken over; None: everything is open"""

    def __post_init__(self) -> None:
        if not self.scenarios or len({s.name for s in self.scenarios}) != len(self.scenarios):
            raise ValueError("scenarios need different names")
        if abs(sum(s.probability for s in self.scenarios) - 1) > SAME or any(s.probability < 0 for s in self.scenarios):
            raise ValueError("probabilities must not be negative and sum to 1")
        starts = {tuple(stage.first_year for stage in (*s.growth.stages,)) + (s.growth.years,) for s in self.scenarios}
        if len(starts) > 1:
            raise ValueError("stages of all scenarios must start in the same years")
        if any(not 1 <= s.known <= len(s.growth.stages) for s in self.scenarios):
            raise ValueError("a scenario is known after the first purchases, at the start of a stage or never")
        if self.objective == "regret" and len(self.least_kcur) != len(self.scenarios):
            raise ValueError("regret counts from one cost per scenario")

    @property
    def number_of_stages(self) -> int:
        """Stages of every scenario."""
        return len(self.scenarios[0].growth.stages)


@dataclass(frozen=True, eq=False)
class ScenarioPlan:
    """One plan of growth per scenario, alike until the scenarios are told apart."""

    plans: tuple[GrowthPlan, ...]


@dataclass(frozen=True, eq=False)
class ScenarioAccounts:
    """What a plan costs in each scenario and over all of them."""

    scenarios: tuple[GrowthAccounts, ...]
    expected_kcur: float
    """present value, weighted by probability"""
    regret_kcur: tuple[float, ...] = ()
    """per scenario, cost above `Scenarios.least_kcur`; empty where that is not known"""

    @property
    def costs_kcur(self) -> tuple[float, ...]:
        """Present value of the plan in each scenario."""
        return tuple(a.objective_kcur for a in self.scenarios)


@dataclass(frozen=True)
class Worth:
    """The difference of two proven costs: as found, and between what the two proofs leave open."""

    kcur: float | None
    """None: one of the two has no plan at all, so that no amount says it"""
    least_kcur: float | None = None
    most_kcur: float | None = None
    reason: str = ""
    """why there is no amount"""


@dataclass(frozen=True, eq=False)
class OwnPlan:
    """The best plan of one scenario if it were known from the start."""

    cost_kcur: float
    bound_kcur: float
    purchases: tuple[Purchase, ...]


@dataclass(frozen=True, eq=False)
class Decision:
    """What may be decided before it is known which scenario comes, and what follows in each, done as well as can be."""

    kind: Literal["plan", "expected", "mean", "own"]
    """the plan; that of least expected cost, where the plan is another; that for mean inputs; that of one scenario"""
    scenario: str
    """of kind own: whose"""
    costs_kcur: tuple[float | None, ...]
    """per scenario; None: it cannot be served then"""
    bounds_kcur: tuple[float | None, ...]
    """per scenario: no sequel costs less; None: not asked, or it cannot be served"""
    purchases: tuple[Purchase, ...] = ()
    """of the plan it was taken from"""


Subject = Literal["information", "stochastic", "waiting", "flexibility"]


@dataclass(frozen=True, eq=False)
class ScenarioAnswer:
    """Everything that is reported about one plan over scenarios."""

    question: Scenarios
    plan: ScenarioPlan
    accounts: ScenarioAccounts
    proof: Proof
    audit: AuditReport
    own: tuple[OwnPlan, ...]
    changes: tuple[tuple[tuple[str, str, str], ...], ...]
    """per scenario: (address of a cell, what stands there, what stands there in the scenario)"""
    decisions: tuple[Decision, ...] = ()
    """the plan first; only that where no comparison was asked for"""
    worth: dict[Subject, Worth] = field(default_factory=dict)
    """information: knowing the scenario from the start; stochastic: planning for all instead of the mean; waiting:
    being able to buy later at all; flexibility: buying later what the scenario asks for instead of a fixed list"""
    seconds: dict[str, float] = field(default_factory=dict)
    stopped: str = ""
    """why the comparison is not complete; empty: it is"""

    @property
    def has_stages(self) -> bool:
        """Whether anything is bought after the start."""
        return self.question.number_of_stages > 1
