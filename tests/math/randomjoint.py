"""Random questions of several parts, each made of one random case: stages, scenarios, portfolios of sites."""

from __future__ import annotations

import random
from dataclasses import replace
from math import inf

from randomcases import random_case
from staged import growth

from models.case import Case
from models.paths import at_year, with_all_demand
from models.portfolio import Candidate, Portfolio
from models.scenarios import Scenario, Scenarios
from models.stages import Growth
from planner.solving import solve_growth


def random_growth(seed: int) -> Growth:
    """Two stages: the case, and the same later with more work or less and energy at another price; what the case may
    spend is what both may spend together, raised by half."""
    case, r = random_case(seed), random.Random(f"stages {seed}")
    years, budget = case.money.analysis_years, case.limits.budget_kcur
    start = r.randint(1, years - 1)
    free = replace(case, limits=replace(case.limits, budget_kcur=None))
    later = with_all_demand(at_year(free, start, r.choice((None, 0.7, 1.6))), r.choice((0.6, 1.0, 1.2)))
    return growth([free, later], [0, start], years, budget_kcur=None if budget is None else 1.5 * budget)


def random_scenarios(seed: int) -> Scenarios:
    """Two or three futures of the two stages, known at the second or never; for least expected cost, or for least
    largest regret where the seed is odd and each future has a plan."""
    base, r = random_growth(seed), random.Random(f"scenarios {seed}")
    weights = [r.randint(1, 4) for _ in range(r.choice((2, 3)))]
    known = r.choice((1, 1, 2))
    parts = []
    for k, weight in enumerate(weights):
        energy, work = (1.0, 1.0) if k == 0 else (r.choice((0.6, 1.5)), r.choice((0.7, 1.0)))
        stages = (
            replace(s, case=with_all_demand(at_year(s.case, 0, energy), work if n or known == 1 else 1.0))
            for n, s in enumerate(base.stages)
        )
        parts.append(Scenario("ABC"[k], weight / sum(weights), replace(base, stages=tuple(stages)), known))
    question = Scenarios(f"random {seed}", tuple(parts))
    if seed % 2 == 0:
        return question
    least = tuple(solve_growth(part.growth, gap=1e-6, method="monolithic")[1].objective_kcur for part in parts)
    return replace(question, objective="regret", least_kcur=least) if max(least) < inf else question


def random_portfolio(seed: int) -> Portfolio:
    """Three candidates at two sites, of which two may be opened: the case, the case under another tariff, the case
    elsewhere with other prices of energy and half or all of the connection."""
    case, r = random_case(seed), random.Random(f"portfolio {seed}")
    small = r.choice((0.5, 1.0))
    there = at_year(case, 0, r.choice((0.6, 0.9, 1.3)))
    there = replace(there, grid=replace(there.grid, import_limit_mw=small * case.grid.import_limit_mw))
    candidates = [_candidate("A", case, r), _candidate("A", at_year(case, 0, r.choice((0.8, 1.1))), r)]
    return Portfolio(f"random {seed}", (*candidates, _candidate("B", there, r)), 2)


def _candidate(site: str, case: Case, r: random.Random) -> Candidate:
    case = replace(case, site=replace(case.site, name=site))
    return Candidate(site, case, own_kcur=r.choice((0.0, 3.0)), pooled_kcur={"staff": r.choice((0.0, 2.0, 5.0))})
