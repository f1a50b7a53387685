"""Least cost of a site over a range of a price: what a few proven plans prove between them, by hand and by search."""

from __future__ import annotations

import numpy as np
import pytest

from models.site_ranges import Envelope, Known, is_cheaper, tie_range
from models.siting import GridStep, carried_from

NEAR = pytest.approx
SITE = Envelope((Known(0.5, 60, 58, 100), Known(1, 100, 99, 80)))
"""Plans 10 + 100 p and 20 + 80 p, which cross at 0.5; bounds 58 and 99, so 17 + 82 p by the chord."""


def test_between_two_plans() -> None:
    """At 0.75 the second plan costs 80 and no plan less than 78.5. A rival of [69, 70]: 20 + 80 p reaches 69 at 0.6125,
    17 + 82 p reaches 70 at 53 / 82. A rival of [200, 201] ties nowhere, and one of [50, 51] neither; one that ties up
    to the end of the range says so by its end. Caught: bound and cost mixed up, a line taken for the bound."""
    assert (SITE.most(0.75), SITE.least(0.75)) == (NEAR(80), NEAR(78.5, rel=2e-6))
    assert tie_range(SITE, (69, 70)) == (NEAR(0.6125, rel=1e-4), NEAR(53 / 82, rel=1e-4))
    assert tie_range(SITE, (200, 201)) is None and tie_range(SITE, (50, 51)) is None
    assert tie_range(SITE, (99.5, 120)) == (NEAR(0.99375, rel=1e-4), 1)


def test_cheaper_at_every_value() -> None:
    """A rival 15 dearer at both ends is dearer throughout; one whose chord dips below the plans in the middle is not
    proven so, although it is dearer at both ends. Caught: only the ends compared."""
    dearer = Envelope((Known(0.5, 77, 75, 82), Known(1, 118, 116, 82)))
    assert is_cheaper(SITE, dearer) and not is_cheaper(dearer, SITE)
    bent = Envelope((Known(0.5, 55, 54, 140), Known(1, 100, 99.5, 40)))  # 95 at 0.875, where the chord is 88.1
    close = Envelope((Known(0.5, 56, 55.5, 91), Known(1, 101.5, 101, 91)))
    assert bent.most(0.5) < close.least(0.5) and bent.most(1) < close.least(1) and not is_cheaper(bent, close)


def test_sites_whose_proofs_touch_are_not_told_apart() -> None:
    """Proves: a plan that costs as much as the bound of the other, or less by a solver's tolerance only, is not proven
    cheaper; one that costs less by a hundredth of a per mille is. Caught: a tie told as an order, a tolerance of a
    thousandth."""

    def flat(cost: float) -> Envelope:
        return Envelope((Known(0.0, cost, cost, 0.0), Known(1.0, cost, cost, 0.0)))

    assert not is_cheaper(flat(0.0), flat(0.0)) and not is_cheaper(flat(100 - 5e-5), flat(100.0))
    assert is_cheaper(flat(99.999), flat(100.0)) and is_cheaper(flat(-100.001), flat(-100.0))


BENT = Envelope((Known(0, 0, 0, 100), Known(1, 100, 100, 100), Known(2, 150, 150, 50)))
"""100 p up to 1, 50 + 50 p from there on, proven without a gap."""


@pytest.mark.parametrize(
    ("rival", "tie"),
    [
        ((80.0, 120.0), (0.8, 1.4)),
        ((-5.0, 0.0), (0.0, 0.0)),
        ((150.0, 200.0), (2.0, 2.0)),
        ((100.0, 100.0), (1.0, 1.0)),
        ((40.0, 130.0), (0.4, 1.6)),
        ((-9.0, -5.0), None),
        ((151.0, 160.0), None),
    ],
)
def test_a_tie_reaches_over_corners_and_touches_ends(rival: tuple[float, float], tie: tuple[float, float]) -> None:
    """Proves: a rival of [80, 120] ties from 0.8, before the corner at 1, to 1.4, after it; one that meets an end of
    the range ties there. Caught: the part beyond a corner lost, a tie at the end of the range lost."""
    assert tie_range(BENT, rival) == (None if tie is None else NEAR(tie, rel=3e-6, abs=1e-9))
    assert tie_range(Envelope((Known(0, -100, -100, 100), Known(1, 0, 0, 100))), (0.0, 5.0)) == (1, 1)


def test_a_cost_that_falls_ties_as_one_that_rises() -> None:
    """Proves: a site that sells, 100 - 50 p, ties with a rival of [60, 80] from 0.4 to 0.8, and one whose cost does not
    move with the price over the whole range or nowhere. Caught: ends of the tie turned, a division by no slope."""
    falls = Envelope((Known(0, 100, 100, -50), Known(1, 50, 50, -50)))
    assert tie_range(falls, (60.0, 80.0)) == NEAR((0.4, 0.8), rel=5e-6)
    still = Envelope((Known(0, 70, 70, 0), Known(1, 70, 70, 0)))
    assert tie_range(still, (60.0, 80.0)) == (0, 1) and tie_range(still, (80.0, 90.0)) is None


def test_a_tie_is_wider_by_the_tolerance_of_a_solver() -> None:
    """Proves: 20 + 80 p counts as reaching a bound of 69 when within a millionth of it, whatever the rival's plan
    costs. Caught: a tolerance of the wrong side, or of the rival's plan."""
    assert tie_range(SITE, (69, 690)) == (NEAR((69 - 69e-6 - 20) / 80, rel=1e-9), 1)


def test_where_three_plans_cross() -> None:
    """Proves: lines 100 p, 40 + 20 p and 75 + 5 p cross at 0.5, 7 / 3 and, the outer two, at 15 / 19: corners of the
    range [0, 3] with its known values, and none beyond [0, 2]. Caught: plans that do not follow each other left out."""
    found = Envelope((Known(0, 0, 0, 100), Known(1, 60, 60, 20), Known(3, 90, 90, 5)))
    assert found.corners == NEAR([0, 0.5, 15 / 19, 1, 7 / 3, 3])
    assert Envelope((*found.known[:2], Known(2, 85, 80, 5))).corners == NEAR([0, 0.5, 15 / 19, 1, 2])


def test_what_is_proven_holds_for_every_set_of_plans() -> None:
    """Random sets of plans, each a line; the least of them is known with a gap at three prices. At every price it lies
    between `least` and `most`, and where it equals a rival lies within `tie_range`. Caught: a chord above, a corner
    overlooked."""
    draw = np.random.default_rng(5)
    prices = np.linspace(0.4, 2, 161)
    for _ in range(40):
        fixed, slopes = draw.uniform(50, 100, 6), draw.uniform(5, 40, 6)
        true = (fixed[:, None] + slopes[:, None] * prices).min(axis=0)
        known = []
        for at in (0.4, 1.0, 2.0):
            best = int(np.argmin(fixed + slopes * at))
            cost = fixed[best] + slopes[best] * at
            known.append(Known(at, cost, cost - draw.uniform(0, 1), slopes[best]))
        site = Envelope(tuple(known))
        assert all(site.least(p) <= t <= site.most(p) + 1e-9 for p, t in zip(prices, true, strict=True))
        tie = tie_range(site, (float(true[70]), float(true[70])))
        assert tie is not None and tie[0] <= prices[70] + 1e-9 and prices[70] <= tie[1] + 1e-9


def test_the_step_that_carries_a_power() -> None:
    """2 MW firm in month 6, with 3 MW more that may be interrupted in month 20: 2 MW come in month 6, 4 MW in month 20,
    6 MW never. Caught: firm power alone counted, the latest step taken."""
    steps = (GridStep(20, 2, 3), GridStep(6, 2, 0))
    assert [carried_from(steps, mw) for mw in (2, 4, 6)] == [steps[1], steps[0], None]
