"""A portfolio: which of several sites are opened, and what part of each workload each of them serves.

Question (`Portfolio`) and answer (`PortfolioPlan`, `PortfolioAccounts`) as plain numbers, beside models.case and
models.design. A part is constant over the year. Money, index and carbon are those of all sites together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import inf

from models.case import Case, Workload
from models.design import Accounts, AuditReport, Design, Proof

LEAST_PART = 1e-6
"""A smaller part of a workload is the solver's zero."""
UNNAMED = ""
"""Region of users whose region is not named: each site has one latency for them."""


class PartWorkload(Workload):
    """A workload of which a site serves a part that the plan decides: arrivals are those of all sites together."""


@dataclass(frozen=True, eq=False)
class Demand:
    """Where a workload may be served, and by whose clock. None or empty: anywhere."""

    workload: str
    max_latency_ms: float | None = None
    """longest round trip from a site to the users' region [ms]; a site of which it is not known is then not allowed"""
    countries: tuple[str, ...] = ()
    """countries in which it may be served"""
    region: str = UNNAMED
    """where its users are"""
    users_utc_h: float | None = None
    """its users' standard time ahead of UTC [h]; None: its requests come by the clock of each site"""
    latency_cell: str = ""
    countries_cell: str = ""
    clock_cell: str = ""

    def is_near(self, latency_ms: Mapping[str, float]) -> bool:
        """Whether a site of these round trips by region [ms] is near enough to the users."""
        return self.max_latency_ms is None or latency_ms.get(self.region, inf) <= self.max_latency_ms

    def is_inside(self, country: str) -> bool:
        """Whether a site of this country may serve it."""
        return not self.countries or country in self.countries


@dataclass(frozen=True, eq=False)
class Candidate:
    """A site that may be opened, with one tariff and one electrical architecture."""

    site: str
    case: Case
    """the site with all of the work; hours by the site's standard time"""
    country: str = ""
    latency_ms: dict[str, float] = field(default_factory=dict)
    """round trip to users by their region [ms]; not named: not known"""
    own_kcur: float = 0.0
    """present value paid if the site is opened, beyond its plan: land, works, taxes, staff, spares [kcur]"""
    pooled_kcur: dict[str, float] = field(default_factory=dict)
    """present value of staff and of spares that serve all open sites; of each name the largest is paid, once [kcur]"""


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Candidates of which at most `most_sites` are opened, of one site at most one. Raises ValueError if they have no
    workloads, or differ in workloads, currency or limits.

    TokEnergy target, carbon cap and budget of the cases hold for all sites together; all other limits for each."""

    name: str
    candidates: tuple[Candidate, ...]
    most_sites: int
    demands: tuple[Demand, ...] = ()

    def __post_init__(self) -> None:
        asked = {(tuple(w.name for w in c.case.workloads), c.case.currency) for c in self.candidates}
        all_limits = [c.case.limits for c in self.candidates]
        limits = {(x.tokenergy_wh_per_ktok, x.carbon_t_per_year, x.budget_kcur) for x in all_limits}
        if len(asked) != 1 or len(limits) != 1 or self.most_sites < 1 or not self.candidates[0].case.workloads:
            raise ValueError("the candidates of a portfolio serve the same workloads under the same limits")

    @property
    def sites(self) -> tuple[str, ...]:
        """The names of the sites, in order."""
        return tuple(dict.fromkeys(c.site for c in self.candidates))


def open_case(case: Case) -> Case:
    """The case of which any part may be served; the budget is left to the portfolio."""
    parts = tuple(PartWorkload(**{n: getattr(w, n) for n in w.__dataclass_fields__}) for w in case.workloads)
    return replace(case, workloads=parts, limits=replace(case.limits, budget_kcur=None))


def served(case: Case, parts: dict[str, float]) -> Case:
    """The case of a site that serves these parts of the workloads (a workload that is not named: none of it), without
    the limits that hold for all sites together."""
    kept = [
        w if w.arrivals_mreq_per_h is None else replace(w, arrivals_mreq_per_h=w.arrivals_mreq_per_h * parts[w.name])
        for w in case.workloads
        if w.name in parts
    ]
    alone = replace(case.limits, budget_kcur=None, tokenergy_wh_per_ktok=None, carbon_t_per_year=None)
    return replace(case, workloads=tuple(kept), limits=alone)


@dataclass(frozen=True, eq=False)
class SitePlan:
    """One open site."""

    candidate: int
    """its number, from 0"""
    parts: dict[str, float]
    """workload -> part of it that the site serves [1]; none of those left out"""
    design: Design


@dataclass(frozen=True, eq=False)
class PortfolioPlan:
    """The open sites, in the order of the candidates."""

    sites: tuple[SitePlan, ...]


@dataclass(frozen=True, eq=False)
class PortfolioAccounts:
    """What a portfolio costs, from Portfolio and PortfolioPlan alone."""

    sites: tuple[Accounts, ...]
    """of each open site's own plan, for the parts it serves"""
    own_kcur: tuple[float, ...]
    """per open site: present value beyond its plan, pooled items left out"""
    pooled_kcur: dict[str, float]
    """present value of staff and spares that all open sites share"""
    kpi: dict[str, float | None] = field(default_factory=dict)
    """over all sites: tokenergy_wh_per_1k, carbon_t, first_cost_kcur"""

    @property
    def objective_kcur(self) -> float:
        """Present value of everything [kcur]."""
        return sum(a.objective_kcur for a in self.sites) + sum(self.own_kcur) + sum(self.pooled_kcur.values())


@dataclass(frozen=True, eq=False)
class PortfolioAnswer:
    """Everything that is reported about one portfolio."""

    portfolio: Portfolio
    plan: PortfolioPlan
    accounts: PortfolioAccounts
    proof: Proof
    audit: AuditReport
