"""The benchmark's cases are what its README says. Nothing here is timed or solved."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from reference import in_quarter_hours, pure_indices, reduced_case, reference_case

from models.case import Case
from models.catalogue import options, places, serving


@pytest.fixture(scope="module")
def case() -> Case:
    return reference_case(0)


def test_the_reference_case_is_as_hard_as_stated(case: Case) -> None:
    """A case thinned out to look fast would show: options that serve and can be placed, offers, workloads, tariff."""
    served, placed = {key[1:] for key in serving(case)}, {key[:2] for key in places(case)}
    assert case.calendar.steps == 8760
    assert len([o for o in options(case) if o in served and o in placed]) >= 12
    ready = [o for o in case.offers if not o.site_built and case.delivered(o)]
    assert len(ready) >= 6 and len({o.kind for o in ready}) >= 2
    assert {w.kind for w in case.workloads} == {"interactive", "deferrable", "training"}
    assert case.batteries[0].max_mw > 0 and case.supplies[0].max_mw > 0
    assert len(np.unique(case.grid.import_price_kcur_per_mwh)) >= 6
    (charge,) = case.grid.demand_charges
    assert charge.ratchet_months == 11 and charge.ratchet_share == 1 and min(charge.price_kcur_per_mw) > 0


def test_the_target_lies_between_the_thriftiest_and_the_cheapest_design(case: Case) -> None:
    """Outside of them it would ask for nothing, or for too much."""
    thrifty, cheap = pure_indices(case)
    target = case.limits.tokenergy_wh_per_ktok
    assert target is not None and thrifty < target < cheap


def test_the_seed_draws_prices_offers_demand_and_target() -> None:
    """Equal seeds give equal cases; another seed differs in each of them, so that nothing is tuned to one instance."""
    case, again, other = (reference_case(seed, months=3) for seed in (0, 0, 1))

    def drawn(c: Case) -> list[object]:
        arrivals = [w.arrivals_mreq_per_h for w in c.workloads]
        return [
            float(c.grid.import_price_kcur_per_mwh.sum()),
            c.grid.demand_charges[0].price_kcur_per_mw,
            [r.cost_kcur for r in c.racks],
            [o.ex_works_k for o in c.offers],
            [float(a.sum()) for a in arrivals if a is not None],
            c.limits.tokenergy_wh_per_ktok,
        ]

    assert drawn(case) == drawn(again)
    assert all(a != b for a, b in zip(drawn(case), drawn(other), strict=True))


def test_quarter_hours_are_the_same_year(case: Case) -> None:
    """Work, prices and windows keep their length and size: else growth would be measured on another case."""
    fine = in_quarter_hours(case)
    assert fine.calendar.steps == 35_040 and fine.calendar.months == case.calendar.months
    assert pure_indices(fine) == pytest.approx(pure_indices(case))
    assert fine.grid.import_price_kcur_per_mwh.mean() == pytest.approx(case.grid.import_price_kcur_per_mwh.mean())


def test_the_reduced_case_keeps_nothing_that_others_cannot_express() -> None:
    """A forgotten limit would make the two problems differ."""
    small = reduced_case(0)
    assert not (small.racks or small.workloads or small.offers or small.grid.demand_charges)
    assert small.grid.billing_factor == 1 and small.batteries[0].max_cycles_per_year is None
    assert small.site.plain_load_mw is not None and 0 < small.site.plain_load_mw.max() < small.grid.interval_limit_mw
