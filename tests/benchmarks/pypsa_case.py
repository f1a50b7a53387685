"""The reduced case in PyPSA, written as one of its users would: an import generator whose size is priced, PV, a store
between a charger and a discharger. Needs the dependency group `benchmark`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pypsa

from models import finance
from models.case import Case


def network(case: Case) -> pypsa.Network:
    """Costs are present values over the analysis years [kcur], as in the planner's objective; powers in MW."""
    n, hours = pypsa.Network(), case.calendar.steps
    grid, money = case.grid, case.money
    (sun,), (battery,) = case.supplies, case.batteries
    battery_factor = finance.capital_factor(battery.terms, money)
    yearly = finance.energy_factor(money)
    connection = grid.connection_kcur_per_mw * finance.capital_factor(grid.connection_terms, money)
    n.set_snapshots(range(hours))
    n.add("Bus", ["site", "battery"])
    n.add("Load", "site", bus="site", p_set=np.asarray(case.site.plain_load_mw))
    n.add(
        "Generator",
        "import",
        bus="site",
        p_nom_extendable=True,
        p_nom_max=grid.interval_limit_mw,
        capital_cost=connection + yearly * grid.contract_kcur_per_mw_year,
        marginal_cost=case.calendar.step_h * yearly * grid.import_price_kcur_per_mwh,
    )
    n.add(
        "Generator",
        "PV",
        bus="site",
        p_nom_extendable=True,
        p_nom_min=sun.min_mw,
        p_nom_max=sun.max_mw,
        p_max_pu=sun.output_pu,
        capital_cost=sun.cost_kcur_per_mw * finance.capital_factor(sun.terms, money),
    )
    n.add(
        "Store",
        "battery",
        bus="battery",
        e_nom_extendable=True,
        e_nom_max=battery.max_mwh,
        e_cyclic=True,
        e_min_pu=battery.min_charge_share,
        e_max_pu=battery.max_charge_share,
        standing_loss=battery.self_discharge_per_h,
        capital_cost=battery.energy_kcur_per_mwh * battery_factor,
    )
    n.add(
        "Link",
        "charger",
        bus0="site",
        bus1="battery",
        efficiency=battery.charge_efficiency,
        p_nom_extendable=True,
        p_nom_max=battery.max_mw,
        capital_cost=battery.power_kcur_per_mw * battery_factor,
    )
    n.add(
        "Link",
        "discharger",
        bus0="battery",
        bus1="site",
        efficiency=battery.discharge_efficiency,
        p_nom_extendable=True,
    )
    return n


def same_power(n: pypsa.Network, _: Any) -> None:
    """Charger and discharger are one inverter: equal power on the site's side. (As PyPSA-Eur does it.)"""
    power = n.model["Link-p_nom"]
    efficiency = n.links.at["discharger", "efficiency"]
    n.model.add_constraints(
        power.sel(name="charger", drop=True) - efficiency * power.sel(name="discharger", drop=True) == 0,
        name="inverter",
    )


def solve(case: Case, **options: Any) -> float:
    """Build, solve with HiGHS, and return the objective [kcur]; without the fixed monthly charge, which no choice
    changes. Raises RuntimeError unless solved to optimality."""
    n = network(case)
    status, condition = n.optimize(
        solver_name="highs",
        solver_options=options,
        extra_functionality=same_power,
        include_objective_constant=False,
        log_to_console=False,
    )
    if (status, condition) != ("ok", "optimal"):
        raise RuntimeError(f"PyPSA: {status}, {condition}")
    return float(n.objective)
