"""A plan of growth: stages of one site, each a whole Case, and what is bought and retired between them.

Question (`Growth`) and answer (`GrowthPlan`, `GrowthAccounts`) as plain numbers, beside models.case
and models.design."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from models.case import Case, Money
from models.design import Accounts, Answer, AuditReport, CostLine, Design, Lookahead, Marginal, Proof, Removal
from models.provenance import Origin


@dataclass(frozen=True, eq=False)
class Stage:
    """One build stage: what is asked, offered and paid from its start to that of the next. The operating year of its
    case stands for those years; prices are those of its start."""

    name: str
    case: Case
    closed: tuple[tuple[str, str], ...] = ()
    """(cost line, item) that cannot be bought at this stage's start; what was bought before may go on serving"""

    @property
    def first_year(self) -> int:
        """Years from time zero to the start."""
        return self.case.money.first_year

    @property
    def years(self) -> int:
        """Years until the next stage, or the end of the plan."""
        return self.case.money.analysis_years


@dataclass(frozen=True)
class Purchase:
    """Something bought at one stage's start and retired at a later one's."""

    line: str
    item: str
    quantity: float
    unit: str
    bought: int
    """number of the stage, from 0"""
    retired: int
    """number of the first stage without it; the number of stages: kept to the end"""


@dataclass(frozen=True, eq=False)
class Growth:
    """Stages in order of time, the first at time zero. Raises ValueError if their years do not follow each other."""

    name: str
    stages: tuple[Stage, ...]
    budget_kcur: float | None = None
    """most first costs of all stages together, undiscounted; None: no limit"""
    given: tuple[Purchase, ...] = ()
    """purchases of settled stages; what is not retired yet may be kept or retired from then on"""
    settled: int = 0
    """number of stages that are past: their purchases are given, their years are not planned"""

    def __post_init__(self) -> None:
        starts = [s.first_year for s in self.stages]
        ends = [s.first_year + s.years for s in self.stages]
        if not starts or starts != [0, *ends[:-1]] or len({s.name for s in self.stages}) != len(starts):
            raise ValueError(f"stages must follow each other from year 0 on, under different names: {starts}, {ends}")
        if any(s.case.money.plan_years != ends[-1] or s.case.limits.budget_kcur is not None for s in self.stages):
            raise ValueError("each stage is part of the whole plan, which alone holds the budget")

    @property
    def planned(self) -> tuple[Stage, ...]:
        """The stages whose years are planned: all but the settled ones."""
        return self.stages[self.settled :]

    @property
    def years(self) -> int:
        """Years of the whole plan."""
        return self.stages[-1].first_year + self.stages[-1].years

    def start(self, k: int) -> int:
        """Years from time zero to the start of stage k; for the number of stages: to the end of the plan."""
        return self.years if k == len(self.stages) else self.stages[k].first_year


def in_stage(money: Money, first_year: int, next_year: int, plan_years: int) -> Money:
    """The money of a stage from first_year to next_year within a plan."""
    return replace(money, first_year=first_year, analysis_years=next_year - first_year, plan_years=plan_years)


@dataclass(frozen=True, eq=False)
class GrowthPlan:
    """One design per stage: what is in service there; and what was bought and retired for it."""

    stages: tuple[Design, ...]
    """one for each stage that is planned"""
    purchases: tuple[Purchase, ...] = ()


@dataclass(frozen=True, eq=False)
class GrowthAccounts:
    """What a plan of growth costs, from Growth and GrowthPlan alone."""

    stages: tuple[Accounts, ...]
    """per stage: yearly lines over its years, indicators of its operating year; no capital"""
    capital: tuple[CostLine, ...]
    """one line per purchase (two for racks with ancillary IT), in their order; then what was on site before"""
    bought: tuple[int, ...]
    """per line of `capital`: number of the stage that bought it"""
    cash_flow_kcur: tuple[float, ...] = ()
    """after-tax cost in year 0, 1, ... of the whole plan, undiscounted"""
    kpi: dict[str, float | None] = field(default_factory=dict)
    """over all years: tokenergy_wh_per_1k, cost_kcur_per_mtok, cost_kcur_per_output_mtok, first_cost_kcur"""

    @property
    def costs(self) -> tuple[CostLine, ...]:
        """All lines: of the stages, then capital."""
        return (*(c for a in self.stages for c in a.costs), *self.capital)

    @property
    def objective_kcur(self) -> float:
        """Present value of all lines [kcur]."""
        return sum(c.present_value_kcur for c in self.costs)

    @property
    def without_it_kcur(self) -> float:
        """Present value without IT hardware [kcur]: the base of the reported gap."""
        return sum(c.present_value_kcur for c in self.costs if not c.is_it)


@dataclass(frozen=True)
class Myopia:
    """What planning stage by stage would cost, each stage as if it lasted to the end of the plan."""

    objective_kcur: float | None
    """present value of such a plan; None: some stage could not be served"""
    reason: str = ""
    """why there is no such plan"""
    purchases: tuple[Purchase, ...] = ()


@dataclass(frozen=True, eq=False)
class GrowthAnswer:
    """Everything that is reported about one plan of growth."""

    growth: Growth
    plan: GrowthPlan
    accounts: GrowthAccounts
    proof: Proof
    audit: AuditReport
    origins: tuple[Origin, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    """read, build, solve, audit, studies, report"""
    myopia: Myopia | None = None
    """None: not asked"""
    marginals: tuple[Marginal, ...] = ()
    """of the limits that bind in a stage, by their path in Growth: `stages[phase 2].case.grid.import_limit_mw`"""
    lookahead: tuple[Lookahead | None, ...] = ()
    """per stage: its year's storage worked with a shorter view, at the sizes in service; empty: not computed"""
    without: tuple[Removal, ...] = ()
    """what each subject of the power side is worth over all stages, where that was asked"""
    choices: dict[tuple[str, str], Proof] = field(default_factory=dict)
    """(tariff, architecture) -> what was proven of each that could be chosen; not stored"""

    @property
    def currency(self) -> str:
        """The reporting currency, the same in all stages."""
        return self.growth.stages[0].case.currency


AnyAnswer = Answer | GrowthAnswer
"""What is reported about a plan, of one stage or of several."""
