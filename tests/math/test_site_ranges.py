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
