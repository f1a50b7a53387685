"""Losses between the site bus and the racks: hand-solved on the base case of test_compute.py (27.35)."""

import pytest
from tiny import hall_case, rack

from models.case import Electrical


def test_standing_and_proportional_losses(plan):
    """Proves: 2 % of 0.2 MW installed in both steps and 5 % of 0.35 MWh. Catches: both on installed power 0.028;
    both on IT power 0.0245."""
    found = plan(hall_case(electrical=Electrical("chain", 0.02, 0.05)))
    assert found.cost == pytest.approx(27.35 + 2 * 0.02 * 0.2 + 0.05 * 0.35)
    assert found.design.operation.chain_loss_mw == pytest.approx([0.004 + 0.01, 0.004 + 0.0075])


def test_installed_power_includes_ancillary_it(plan):
    """Proves: standing losses follow peak and ancillary power, 0.3 MW. Catches: ancillary left out, 0.2 MW."""
    found = plan(hall_case(racks=(rack(ancillary_mw=0.05),), electrical=Electrical("chain", 0.1, 0.0)))
    assert found.design.operation.chain_loss_mw == pytest.approx([0.03, 0.03])


def test_plain_load_bears_no_chain_loss(plan):
    """Proves: a load on the site bus is not behind the racks' chain. Catches: losses on every load, 30.525."""
    case = hall_case(electrical=Electrical("chain", 0.0, 0.5), site={"plain_load_mw": [1.0, 1.0]})
    assert plan(case).cost == pytest.approx(27.35 + 0.5 * 0.35 + 2)
