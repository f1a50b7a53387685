"""Small studies whose plan is obvious by hand, and what is read from their plans: the ground of columns_*.py.

All count one year at no discount and no tax, so that a present value is a plain sum: one day of 24 hours, Monday
2023-01-02. Results are in the model's units: kUSD, MW, MWh, t, m3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.case import Case
from models.design import Accounts, Design
from models.stages import GrowthAccounts
from planner.errors import Finding
from planner.validate import ValidatedCase

Cells = dict[str, Any]
"""`Sheet.column` (first row) or `Sheet[1].column` (second row) -> what stands in the cell, in the user's unit."""


@dataclass(frozen=True)
class Base:
    """A workbook: fields of sheet Project, rows of the other sheets, and series (repeated over the operating year)."""

    project: dict[str, Any]
    rows: dict[str, list[dict[str, Any]]]
    series: dict[str, list[float]]


@dataclass(frozen=True)
class Planned:
    """What came of a workbook: a plan, or why there is none."""

    ending: str
    """`plan`, `infeasible` (proven by the solver) or `refused at <column>` (a finding)"""
    accounts: Accounts | GrowthAccounts | None = None
    design: Design | None = None
    warnings: tuple[Finding, ...] = ()
    case: Case | None = None
    valid: ValidatedCase | None = None


Result = Callable[[Planned], Any]


@dataclass(frozen=True)
class Move:
    """One statement about a column's unit: with `given` in place the result is `before`; with `moved` too, `after`."""

    base: Base
    moved: Cells
    """the column under test"""
    result: Result
    before: Any
    after: Any
    why: str
    """how the two figures follow by hand"""
    given: Cells = field(default_factory=dict)
    along: Cells = field(default_factory=dict)
    """cells that must move with it for the workbook to stay valid"""


# ---- results


def _accounts(plan: Planned) -> Accounts | GrowthAccounts:
    assert plan.accounts is not None, plan.ending
    return plan.accounts


def _design(plan: Planned) -> Design:
    assert plan.design is not None, plan.ending
    return plan.design


def ending(plan: Planned) -> str:
    """Whether there is a plan."""
    return plan.ending


def cost(line: str) -> Result:
    """Present value of a cost line [kUSD]."""
    return lambda plan: sum(c.present_value_kcur for c in _accounts(plan).costs if c.line == line)


def kpi(name: str) -> Result:
    """An indicator, in the unit its name ends with."""
    return lambda plan: _accounts(plan).kpi[name]


def mean_mw(name: str) -> Result:
    """Mean power over the day [MW]: it_mw, chain_loss_mw, cooling_mw."""
    return lambda plan: float(getattr(_design(plan).operation, name).mean())


def steps(plan: Planned) -> int:
    """Steps of the operating year."""
    return _design(plan).operation.import_mw.size


def discharged(plan: Planned) -> float:
    """Energy delivered by the battery [MWh]."""
    return float(sum(v.sum() for v in _design(plan).operation.discharge_mw.values()))


def charged(plan: Planned) -> float:
    """Energy taken by the battery [MWh]."""
    return float(sum(v.sum() for v in _design(plan).operation.charge_mw.values()))


def battery_mw(plan: Planned) -> float:
    """Battery power [MW]."""
    return sum(_design(plan).battery_mw.values())


def battery_mwh(plan: Planned) -> float:
    """Battery energy [MWh]."""
    return sum(_design(plan).battery_mwh.values())


def cold_discharged(plan: Planned) -> float:
    """Cold delivered by the tank [MWh thermal]."""
    return float(sum(v.sum() for v in _design(plan).operation.cold_discharge_mw.values()))


def night_cooling_mwh(plan: Planned) -> float:
    """Electricity of cooling in the first twelve hours [MWh]."""
    return float(_design(plan).operation.cooling_mw[:12].sum())


def racks(plan: Planned) -> int:
    """Installed racks."""
    return sum(p.count for p in _design(plan).racks)


def units(plan: Planned) -> int:
    """Units ordered."""
    return sum(u.count for u in _design(plan).units)


def busy(plan: Planned) -> list[float]:
    """Busy racks in each hour of the day."""
    total: np.ndarray = sum(_design(plan).operation.busy_racks.values(), np.zeros(steps(plan)))
    return [float(v) for v in total]


def busy_at(hour: int) -> Result:
    """Busy racks in one hour."""
    return lambda plan: busy(plan)[hour]


def remarks(column: str) -> Result:
    """Number of remarks about a column."""
    return lambda plan: sum(w.column == column for w in plan.warnings)


# ---- studies

_ALL_DAY = {"tariff": "T", "period": "always", "price": 100}
_DAY, _NIGHT = (
    {"tariff": "T", "period": "day", "price": 500, "from_hour": 12, "to_hour": 24},
    {"tariff": "T", "period": "night", "price": 100, "from_hour": 0, "to_hour": 12},
)
_CLASSES = [
    {"name": name, "life_years": 50, "depreciation": "none"}
    for name in ("it", "facility", "battery", "supply", "grid", "cold_store")
]
_PROJECT = {"name": "P", "currency": "USD", "year_start": "2023-01-02", "hours": 24}
_PROJECT |= {"analysis_years": 1, "discount_pct": 0, "need_month": 12}
_SITE = {"name": "S", "grid_limit_mw": 10, "tariff": "T", "carbon_g_per_kwh": 500, "plain_load_series": "load"}
_SERIES = {
    "load": [2.0] * 24,
    "small_load": [1.0] * 24,
    "uneven_load": [3.0 if h == 6 else 5.0 if h == 18 else 1.0 for h in range(24)],
    "first_day": [4.0] * 24 + [2.0] * 24 * 29,
    "half": [0.5] * 24,
    "quarter": [0.25] * 24,
    "price": [100.0] * 24,
    "higher": [150.0] * 24,
    "carbon": [500.0] * 24,
    "less_carbon": [400.0] * 24,
    "mild": [20.0] * 24,
    "warm": [25.0] * 24,
    "damp": [50.0] * 24,
    "wetter": [75.0] * 24,
    "requests": [36_000.0] * 24,
    "more_requests": [72_000.0] * 24,
}

LOAD = Base(_PROJECT, {"Sites": [_SITE], "TariffEnergy": [_ALL_DAY], "AssetClasses": _CLASSES}, _SERIES)
"""A load of 2 MW at 100 USD/MWh and 500 g/kWh: 48 MWh, 4.8 kUSD, 24 t."""

_PV_ROW = {"name": "PV", "output_series": "half", "price": 0.01, "max_mw": 2}
PV = Base(LOAD.project, LOAD.rows | {"Supply": [_PV_ROW]}, _SERIES)
"""The same with generation at half its capacity, so cheap (0.01 kUSD/MW, saving 12 MWh = 1.2 kUSD) that all of it is
built: 2 MW give 24 MWh."""

_LFP = {"name": "LFP", "power_price": 0.1, "energy_price": 0.1, "round_trip_pct": 100, "max_mw": 2, "max_mwh": 6}
BATTERY = Base(LOAD.project, LOAD.rows | {"TariffEnergy": [_NIGHT, _DAY], "Storage": [_LFP]}, _SERIES)
"""A load of 2 MW, 100 USD/MWh in twelve hours, 500 in the next twelve: each MWh moved earns 0.4 kUSD against 0.1 of
energy price, so that all 6 MWh are built; over twelve hours they need 0.5 MW, and more power only costs."""

_RACK = {"name": "R", "peak_kw": 100, "idle_kw": 40, "price": 1_000_000}
_POINT = {"rack": "R", "operating_class": "m", "full_kw": 100, "output_tokens_per_s": 1000}
_CHAT = {"name": "chat", "kind": "interactive", "operating_class": "m", "token_weights": "w"}
_CHAT |= {"requests_per_day": 864_000, "profile": "flat", "input_tokens": 0, "output_tokens": 1000}
_POD = {"name": "pod", "vendor": "V", "kind": "integrated", "it_kw": 500, "electrical_kw": 500, "heat_kw": 500}
_POD |= {"cooling": "air", "ex_works": 1_000_000, "lead_p50_months": 12}
_CURVE = [
    {"curve": "a", "driver": "dry_bulb", "temperature_c": t, "electricity_kw_per_kw": e, "water_l_per_kwh": 1}
    for t, e in ((10, 0.2), (30, 0.4))
]
_RACK_SITE = {k: v for k, v in _SITE.items() if k != "plain_load_series"}
_RACK_SITE |= {"dry_bulb_series": "mild", "wet_bulb_series": "mild", "humidity_series": "damp", "architecture": "UPS"}
_RACK_ROWS: dict[str, list[dict[str, Any]]] = LOAD.rows | {
    "Sites": [_RACK_SITE],
    "Workloads": [_CHAT],
    "TokenWeights": [{"name": "w", "version": "1", "weight_input": 0, "weight_cached": 0}],
    "Racks": [_RACK],
    "OperatingPoints": [_POINT],
    "Cooling": [{"name": "air", "max_rack_kw": 100, "curve": "a"}],
    "CoolingCurves": _CURVE,
    "Electrical": [{"name": "UPS", "fixed_loss_pct": 1, "proportional_loss_pct": 5}],
    "Offers": [_POD],
}
RACKS = Base(_PROJECT, _RACK_ROWS, _SERIES)
"""36,000 requests of 1,000 output tokens per hour, on racks of 1,000 tokens per second (3,600 requests per hour): 10
racks, always busy at 100 kW, in two pods of five. IT 1 MW; cooling at 20 degC 0.3 MW (24 m3 of water); losses 1 %
standing and 5 % of the flow, 0.06 MW; site 1.36 MW or 32.64 MWh for 864 Mtok."""

_TRAIN = {"name": "train", "kind": "training", "operating_class": "m", "token_weights": "w"}
_TRAIN |= {"run_tokens_billion": 0.432}
TRAINING = Base(
    _PROJECT,
    _RACK_ROWS
    | {
        "Workloads": [_TRAIN],
        "Windows": [{"workload": "train", "start": "2023-01-02", "days": 0.5}],
        "OperatingPoints": [
            {k: v for k, v in _POINT.items() if k != "output_tokens_per_s"} | {"training_tokens_per_s": 1000}
        ],
    },
    _SERIES,
)
"""432 Mtok in 12 hours at 1,000 tokens per second (3.6 Mtok/h) and rack: 10 racks."""

BURST = Base(
    _PROJECT,
    _RACK_ROWS
    | {
        "Workloads": [
            _CHAT | {"kind": "deferrable", "requests_per_day": 72_000, "profile": "midnight", "max_delay_h": 1}
        ],
        "Profiles": [{"profile": "midnight"} | {f"h{h:02d}": int(h == 0) for h in range(24)}],
    },
    _SERIES,
)
"""72,000 requests at midnight, 20 rack-hours of work: 10 racks when they may be served in that hour and the next."""

_SHORT_TANK = {"cooling": "air", "price": 0.01, "max_mwh": 0.6, "hours_to_fill": 1}
COLD = Base(
    _PROJECT,
    _RACK_ROWS
    | {
        "TariffEnergy": [_NIGHT, _DAY],
        "Racks": [_RACK | {"usable_share_pct": 50}],
        "ChilledWater": [_SHORT_TANK],
    },
    _SERIES,
)
"""20 racks of which 10 are busy: 1.4 MW of heat all day, 0.3 MW/MW, plant for 2 MW, so 0.6 MW of room to fill a tank
of 0.6 MWh in the last cheap hour. Each MWh of cold moved earns 0.3 * 0.4 = 0.12 kUSD against a price of 0.01."""
