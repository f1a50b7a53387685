"""A small workbook written from the manifest: every sheet filled, 24 hours, valid; tests change one thing in it."""

from __future__ import annotations

import copy
import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table

sys.path.insert(0, str(Path(__file__).parent))  # lets test_columns import the tables of cases beside it

from planner.schema import HEADER_ROW, MEANING_ROW, RECORD_HEADER, SHEETS, UNITS_ROW, User, sheet  # noqa: E402
from planner.template import write_template  # noqa: E402

HOURS = 24
PROJECT = {
    "name": "Test hall",
    "currency": "USD",
    "need_month": 18,
    "year_start": "2023-01-02",
    "hours": HOURS,
    "analysis_years": 15,
    "discount_pct": 8,
    "tax_pct": 20,
    "tokenergy_target": 2.5,
    "budget_million": 50,
    "carbon_price": 30,
}
SITE = {
    "name": "Here",
    "dry_bulb_series": "dry",
    "wet_bulb_series": "wet",
    "humidity_series": "rh",
    "design_dry_bulb_c": 40,
    "design_margin_wet_k": 2,
    "area_m2": 9000,
    "house_load_kw": 50,
    "plain_load_series": "plain",
    "architecture": "UPS",
    "ride_through_min": 6,
    "grid_limit_mw": 8,
    "grid_limit_mva": 9,
    "power_factor": 0.95,
    "billing_factor": 1.1,
    "energised_month": 12,
    "connection_price": 150,
    "export_limit_mw": 1,
    "tariff": "TOU",
    "tariff_currency": "KRW",
    "price_adder": 1000,
    "contract_fee": 12000,
    "fixed_charge": 500000,
    "contract_mw": 7,
    "overrun_fee": 3000,
    "power_factor_target": 0.97,
    "power_factor_surcharge_pct": 0.2,
    "take_or_pay_mwh": 10,
    "take_or_pay_price": 5000,
    "export_pct_of_import": 50,
    "export_price": 20000,
    "carbon_g_per_kwh": 440,
    "market_carbon_g_per_kwh": 100,
    "source": "a table",
    "year": 2025,
    "grade": "B",
    "assumed_fields": "billing_factor, power_factor",
}
WORKLOADS = [
    {"name": "chat", "kind": "interactive", "operating_class": "70B", "token_weights": "ref", "requests_per_day": 2.4e6}
    | {"profile": "evening", "clock_ahead_h": 1, "input_tokens": 1000, "cached_tokens": 100, "output_tokens": 500},
    {"name": "batch", "kind": "deferrable", "operating_class": "70B", "token_weights": "ref"}
    | {"requests_series": "batch_requests", "input_tokens": 2000, "output_tokens": 1000, "max_delay_h": 6},
    {"name": "train", "kind": "training", "operating_class": "train 33B", "token_weights": "ref"}
    | {"run_tokens_billion": 30, "gang_min": 2, "gang_max": 20, "pause_pct": 50},
]
RACKS = [
    {"name": "air rack", "peak_kw": 40, "idle_kw": 10, "price": 1_000_000, "max_supply_c": None},
    {"name": "liquid rack", "peak_kw": 132, "idle_kw": 36, "price": 3_100_000, "ancillary_kw": 12, "accelerators": 72}
    | {"ancillary_price": 300_000, "ancillary_racks": 0.25, "liquid_share_pct": 80, "max_supply_c": 45}
    | {"usable_share_pct": 90, "max_racks": 50},
]
POINTS = [
    {"rack": "air rack", "operating_class": "70B", "full_kw": 36}
    | {"input_tokens_per_s": 20_000, "output_tokens_per_s": 10_000},
    {"rack": "liquid rack", "operating_class": "70B", "full_kw": 120, "counts_cached": "yes"}
    | {"input_tokens_per_s": 110_000, "output_tokens_per_s": 50_000},
    {"rack": "liquid rack", "operating_class": "train 33B", "full_kw": 130, "peak_tflops": 2500, "utilisation_pct": 38}
    | {"utilisation_counts": "model_flop", "flop_per_parameter_token": 6, "active_parameters_billion": 33},
]
COOLING = [
    {"name": "air", "max_rack_kw": 60, "curve": "air curve", "redundancy": "N+1"},
    {"name": "liquid", "max_rack_kw": 200, "liquid_share_pct": 90, "supply_c": 40, "residual_air": "air"}
    | {"curve": "liquid curve", "redundancy": "2N"},
]
CURVES = [
    {"curve": "air curve", "driver": "dry_bulb_and_humidity", "temperature_c": t, "humidity_pct": h}
    | {"electricity_kw_per_kw": 0.1 + t / 1000 + h / 10000, "water_l_per_kwh": 0.5}
    for t in (-10, 40)
    for h in (0, 100)
] + [
    {"curve": "liquid curve", "driver": "wet_bulb", "temperature_c": t, "electricity_kw_per_kw": e}
    for t, e in ((-10, 0.02), (40, 0.05))
]
BATTERY = {"name": "LFP", "power_price": 120, "energy_price": 125, "round_trip_pct": 81, "max_cycles_per_year": 365} | {
    "self_discharge_pct_per_h": 0.01,
    "min_charge_pct": 5,
    "max_charge_pct": 95,
    "max_mw": 4,
    "max_mwh": 16,
    "area_m2_per_mwh": 12,
    "lead_p50_months": 6,
    "lead_p90_months": 9,
}
OFFERS = [
    {"name": "pod", "vendor": "A", "kind": "integrated", "it_kw": 1500, "electrical_kw": 1500, "cooling": "liquid"}
    | {"heat_kw": 1600, "rack_limit_kw": 200, "rack_positions": 12, "footprint_m2": 120, "currency": "EUR"}
    | {"ex_works": 9_000_000, "freight": 120_000, "insurance": 20_000, "duty_pct": 8, "duty_basis": "FOB"}
    | {"import_tax_pct": 5, "inland": 15_000, "installation": 400_000, "break1_count": 3, "break1_ex_works": 8_700_000}
    | {
        "break2_count": 5,
        "break2_ex_works": 8_500_000,
        "break3_count": 7,
        "break3_ex_works": 8_400_000,
        "min_count": 1,
        "max_count": 8,
    }
    | {"lead_p50_months": 9, "lead_p90_months": 12, "source": "quotation 7", "year": 2026, "grade": "A"},
    {"name": "hall", "vendor": "B", "kind": "it", "it_kw": 500, "ex_works": 1_500_000, "lead_p50_months": 15}
    | {"site_built": "yes"},
    {"name": "UPS block", "vendor": "B", "kind": "power", "electrical_kw": 500, "ex_works": 2_000_000}
    | {"lead_p50_months": 15, "site_built": "yes"},
    {"name": "CRAH block", "vendor": "B", "kind": "cooling", "cooling": "air", "heat_kw": 500, "ex_works": 1_000_000}
    | {"lead_p50_months": 15, "site_built": "yes"},
]
ASSETS = [
    {"name": n, "life_years": y, "om_pct": om, "depreciation": d, "depreciation_years": dy}
    for n, y, om, d, dy in (
        ("it", 5, 2, "macrs-5", None),
        ("facility", 20, 3, "straight-line", 4),
        ("battery", 15, 2, "none", None),
        ("supply", 25, 1, "macrs-7", None),
        ("grid", 40, 0, "macrs-15", None),
        ("cold_store", 25, 0, "none", None),
    )
]
ROWS: dict[str, list[dict[str, Any]]] = {
    "Stages": [],
    "StageDemand": [],
    "StagePrices": [],
    "Sites": [SITE],
    "TariffEnergy": [
        {"tariff": "TOU", "period": "day", "price": 200_000, "from_hour": 8, "to_hour": 22},
        {"tariff": "TOU", "period": "night", "price": 100_000, "from_hour": 22, "to_hour": 8},
        {"tariff": "unused", "period": "always", "price": 1},
    ],
    "TariffDemand": [
        {"tariff": "TOU", "charge": "demand", "price": 8190, "months": "6-8,1", "day_type": "weekday", "from_hour": 9}
        | {"ratchet_pct": 80, "ratchet_months": 11, "ratchet_peak_months": "12-2,7"}
        | {"minimum_kw": 200, "contract_pct": 30},
        {"tariff": "TOU", "charge": "demand", "price": 9000, "months": "6-8,1", "above_kw": 2000},
    ],
    "TariffBlocks": [
        {"tariff": "TOU", "charge": "blocks", "price": 1000, "from_hour": 6, "to_hour": 20},
        {"tariff": "TOU", "charge": "blocks", "price": 3000, "above_mwh": 30},
    ],
    "TariffPeaks": [{"tariff": "TOU", "charge": "system peak", "price": 900, "start": "2023-01-02T18:00", "hours": 2}],
    "Holidays": [{"calendar": "here", "date": "2023-01-01", "name": "New Year"}],
    "Workloads": WORKLOADS,
    "Windows": [{"workload": "train", "start": "2023-01-02T06:00", "days": 0.5}],
    "Profiles": [{"profile": "evening", **{f"h{h:02d}": 1 if h < 12 else 3 for h in range(24)}}],
    "TokenWeights": [{"name": "ref", "version": "1", "weight_input": 0.1, "weight_training": 0.5}],
    "Racks": RACKS,
    "OperatingPoints": POINTS,
    "Cooling": COOLING,
    "CoolingCurves": CURVES,
    "HeatRejection": [
        {"name": "dry", "sink": "dry cooler", "supply_c": 32, "rise_k": 10, "approach_k": 10}
        | {"pump_kw_per_kw": 0.02, "fan_kw_per_kw": 0.02}
    ],
    "ChilledWater": [
        {"cooling": "air", "price": 51, "max_mwh": 20, "distribution_kw_per_kw": 0.02, "loss_pct_per_h": 0.5}
    ],
    "HeatReuse": [
        {"name": "town", "price": 15, "temperature_c": 30, "demand_series": "town", "connection_price": 100}
        | {"max_mw": 1, "pump_kw_per_kw": 0.02}
    ],
    "Electrical": [{"name": "UPS", "fixed_loss_pct": 1, "proportional_loss_pct": 5, "included_ride_through_min": 3}],
    "Storage": [BATTERY],
    "Generators": [],
    "DemandResponse": [],
    "PowerPurchase": [],
    "Sweep": [],
    "Scenarios": [],
    "ScenarioInputs": [],
    "Supply": [{"name": "PV", "output_series": "pv", "price": 900, "max_mw": 2, "area_m2_per_mw": 6000}],
    "Offers": OFFERS,
    "Quotations": [
        {"offer": "pod", "reference": "Q-7", "family": "pods", "valid_until": "2027-03-31", "rate_date": "2026-11-02"}
        | {"origin": "Germany", "tariff_code": "8537.10", "duty_date": "2026-11-02", "missing_scope": "crane, fire"}
        | {"spares": 50_000, "warranty_years": 2, "warranty_extension": 60_000, "pay_order_pct": 30}
        | {"pay_ready_pct": 40, "pay_acceptance_pct": 10, "shipping_months": 2, "testing_months": 1}
        | {"damages_pct_per_week": 0.5, "damages_cap_pct": 10, "units_per_month": 2, "weight_t": 65}
        | {"relocation_pct": 35, "price_rise_pct": 5, "redundancy_inside": "N+1 fans"}
    ],
    "Criteria": [{"criterion": "latency", "measured_by": "latency_ms", "better": "less", "threshold": 20, "weight": 3}],
    "GridSteps": [],
    "SiteLatency": [],
    "SiteRanges": [],
    "Scope": [{"item": "crane", "adder_per_unit": 18_000}, {"item": "fire", "adder_per_kw": 60}],
    "Tender": [{"award_date": "2027-01-15", "most_vendors": 2, "least_vendors": 1, "warranty_wanted_years": 5}],
    "ExchangeRates": [{"currency": "KRW", "rate": 0.001}, {"currency": "EUR", "rate": 1.1}],
    "AssetClasses": ASSETS,
}
SERIES = {
    "hour": [float(h) for h in range(HOURS)],
    "dry": [10.0 + h for h in range(HOURS)],
    "wet": [5.0 + h / 2 for h in range(HOURS)],
    "rh": [50.0] * HOURS,
    "plain": [0.2] * HOURS,
    "batch_requests": [100.0 * h for h in range(HOURS)],
    "town": [0.5] * HOURS,
    "pv": [0.5 if 8 <= h < 18 else 0.0 for h in range(HOURS)],
}


class SmallWorkbook:
    """Rows and values to change before `write`; `edits` are applied to the openpyxl workbook before it is saved."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project: dict[str, Any] = dict(PROJECT)
        self.rows = copy.deepcopy(ROWS)
        self.series = copy.deepcopy(SERIES)
        self.notes: dict[str, str] = {}
        self.edits: list[Callable[[openpyxl.Workbook], None]] = []

    def cell(self, name: str, column: str, row: int = 0) -> str:
        """Address of a column's cell in a row (0 is the first), or of a field's value on sheet Project."""
        target = sheet(name)
        if target.layout == "record":
            return f"{name}!B{HEADER_ROW + 1 + [c.name for c in target.columns].index(column)}"
        names = list(self.series) if target.layout == "hourly" else list(target.header)
        return f"{name}!{get_column_letter(names.index(column) + 1)}{HEADER_ROW + 1 + row}"

    def write(self, name: str = "small.xlsx") -> Path:
        """Save it; returns its path."""
        book = openpyxl.Workbook()
        book.remove(book.active)
        for target in SHEETS:
            page = book.create_sheet(target.name)
            if target.layout == "record":
                self._record(page, target)
            elif target.layout == "hourly":
                self._table(page, target.table, list(self.series), list(zip(*self.series.values(), strict=True)))
                for column, series in enumerate(self.series, start=1):
                    page.cell(MEANING_ROW, column, self.notes.get(series))
            elif target.layout == "rows":
                rows = [[row.get(c) for c in target.header] for row in self.rows[target.name]]
                self._table(page, target.table, list(target.header), rows)
                for column, field in enumerate(target.columns, start=1):
                    page.cell(UNITS_ROW, column, field.unit)
        for edit in self.edits:
            edit(book)
        path = self.folder / name
        book.save(path)
        return path

    def _record(self, page: Any, target: Any) -> None:
        rows = [[c.name, self.project.get(c.name), c.unit, c.meaning, None, None, None] for c in target.columns]
        self._table(page, target.table, list(RECORD_HEADER), rows)

    @staticmethod
    def _table(page: Any, name: str, header: list[str], rows: list[Any]) -> None:
        for column, word in enumerate(header, start=1):
            page.cell(HEADER_ROW, column, word)
        for r, row in enumerate(rows, start=HEADER_ROW + 1):
            for column, value in enumerate(row, start=1):
                page.cell(r, column, value)
        last = HEADER_ROW + max(len(rows), 1)
        page.add_table(Table(displayName=name, ref=f"A{HEADER_ROW}:{get_column_letter(len(header))}{last}"))


@pytest.fixture
def small(tmp_path: Path) -> SmallWorkbook:
    """A small valid workbook, not yet written."""
    return SmallWorkbook(tmp_path)


@pytest.fixture(scope="session")
def small_workbook() -> type[SmallWorkbook]:
    """The class itself, for fixtures that serve a whole file."""
    return SmallWorkbook


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Callable[[User], Path]:
    """The untouched template of a user, written once; copy it before changing it."""
    folder = tmp_path_factory.mktemp("templates")

    def written(user: User) -> Path:
        path = folder / f"{user}.xlsx"
        if not path.exists():
            write_template(path, user)
        return path

    return written


@pytest.fixture(scope="session")
def template_book(template: Callable[[User], Path]) -> Callable[[User], openpyxl.Workbook]:
    """The untouched template of a user, loaded once; only for reading."""
    return functools.cache(lambda user: openpyxl.load_workbook(template(user)))
