"""Reading a plan from solved models."""

import pytest
from tiny import hall_case, point, rack

from models.readout import _fitted

R, S = ("chat", "R", "air"), ("chat", "S", "air")


@pytest.mark.parametrize(("too_much", "left"), [(1.5e-7, 0.0), (1.05e-7, 0.0), (0.9e-7, 0.9e-7), (1e-5, 1e-5)])
def test_few_racks_beside_many_are_not_overfull(too_much: float, left: float) -> None:
    """Proves: of work of ten racks one rack S takes a tenth and nine racks R the rest. What a month missed beyond S's
    tenth goes to R if it overfills S by more than a millionth of a rack; two millionths of the work and more are no
    rounding and stay, for the recheck to see. Catches: a mistake of a share smoothed over."""
    case = hall_case([10.0], racks=(rack(), rack("S")), operating_points=(point(), point("S")))
    shares = {R: 0.9 - too_much, S: 0.1 + too_much}
    found = _fitted(case, {}, {R[1:]: 9, S[1:]: 1}, shares)
    assert found[S] - 0.1 == pytest.approx(left, abs=1e-12) and sum(found.values()) == pytest.approx(1.0, abs=1e-15)
