"""From a workbook to a Case: every figure in its place, in the Case's units, with its cell, source and grade."""

from __future__ import annotations

import dataclasses
import hashlib
import math
import types
import typing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.case import Case, Tier
from planner.codec import encode
from planner.errors import BadWorkbook
from planner.schema import HEADER_ROW, SHEETS, VERSION_NAME
from planner.validate import ValidatedCase, validate
from planner.workbook import RawWorkbook, archive, read_workbook
from planner.workbook.grid import Cell


def read(path: Path) -> ValidatedCase:
    """The case of a workbook that is expected to be valid."""
    return validate(read_workbook(path))


def plain(value: Any) -> Any:
    """A case as nested plain values, to compare."""
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [plain(v) for v in value] if isinstance(value, tuple) else value


def test_project_money_and_limits(small: Any) -> None:
    """Proves the conversions of sheet Project (%, million currency, currency/t) and the defaults of blank cells."""
    case = read(small.write()).case
    assert (case.name, case.currency, case.calendar.steps, case.calendar.step_h) == ("Test hall", "USD", 24, 1.0)
    assert case.calendar.first_step == "2023-01-02T00:00" and case.calendar.months == (0,)
    assert (case.money.analysis_years, case.money.discount_rate, case.money.tax_rate) == (15, 0.08, 0.2)
    assert case.money.counts_it and not case.money.counts_residual_value
    assert case.limits.tokenergy_wh_per_ktok == 2.5 and case.limits.carbon_t_per_year is None
    assert case.limits.budget_kcur == 50_000 and case.limits.carbon_price_kcur_per_t == 0.03
    assert (case.limits.need_month, case.limits.lead_confidence) == (18, "P50")


def test_site_and_grid(small: Any) -> None:
    """Proves tariff hours across midnight, the adder, the tariff's currency, margins from a design temperature, and the
    calendar of a demand charge; an off-by-one hour, a missed exchange rate or a factor of 1000 fails."""
    case = read(small.write()).case
    site, grid = case.site, case.grid
    assert (site.name, site.house_load_mw, site.area_m2) == ("Here", 0.05, 9000)
    assert site.dry_bulb_c.tolist() == [10.0 + h for h in range(24)]
    assert site.design_margin_dry_k == 40 - 33 and site.design_margin_wet_k == 2
    assert site.plain_load_mw is not None and set(site.plain_load_mw) == {0.2}
    price = [0.101 if h < 8 or h >= 22 else 0.201 for h in range(24)]  # (price + 1000 KRW) * 0.001 USD/KRW / 1000
    np.testing.assert_allclose(grid.import_price_kcur_per_mwh, price)
    np.testing.assert_allclose(grid.carbon_t_per_mwh, 0.44)
    assert grid.export_price_kcur_per_mwh is not None
    np.testing.assert_allclose(grid.export_price_kcur_per_mwh, 0.02)
    assert (grid.import_limit_mw, grid.import_limit_mva, grid.power_factor, grid.billing_factor) == (8, 9, 0.95, 1.1)
    assert (grid.energised_month, grid.export_limit_mw, grid.connection_kcur_per_mw) == (12, 1, 150)
    assert grid.contract_kcur_per_mw_year == pytest.approx(12) and grid.fixed_kcur_per_month == pytest.approx(0.5)
    assert grid.connection_terms.life_years == 40 and grid.market_carbon_t_per_mwh == pytest.approx(0.1)
    charge, peak = grid.demand_charges
    assert (grid.contract_mw, grid.overrun_kcur_per_mw_month, grid.export_share) == (7, 3, 0.5)
    assert (grid.power_factor_target, grid.power_factor_surcharge) == (0.97, 0.2)
    assert (grid.take_or_pay_mwh_per_year, grid.take_or_pay_kcur_per_mwh) == (10, pytest.approx(0.005))
    (energy,) = grid.energy_charges
    assert energy.applies.tolist() == [float(6 <= h < 20) for h in range(24)]
    assert set(energy.price_kcur_per_mwh) == {0.001} and energy.tiers == (Tier(30, (0.003,) * 12),)
    assert (charge.min_mw, charge.contract_share) == (0.2, 0.3)
    assert charge.tiers == (Tier(2.0, tuple(9.0 if m in (0, 5, 6, 7) else 0.0 for m in range(12))),)
    assert peak.price_kcur_per_mw == (0.9, *(0.0,) * 11) and np.flatnonzero(peak.applies).tolist() == [18, 19]
    assert charge.price_kcur_per_mw == tuple(8.19 if m in (0, 5, 6, 7) else 0.0 for m in range(12))
    assert charge.applies.tolist() == [float(h >= 9) for h in range(24)]  # a Monday
    assert (charge.ratchet_share, charge.ratchet_months, charge.ratchet_peak_months) == (0.8, 11, (0, 1, 6, 11))


def test_work(small: Any) -> None:
    """Proves requests per day -> Mreq/h with the profile shifted by the users' clock, and training windows in steps."""
    chat, batch, train = read(small.write()).case.workloads
    shape = [1 if (h + 1) % 24 < 12 else 3 for h in range(24)]
    assert chat.arrivals_mreq_per_h is not None and batch.arrivals_mreq_per_h is not None
    np.testing.assert_allclose(chat.arrivals_mreq_per_h, [2.4 / 24 * s / 2 for s in shape])
    assert chat.arrivals_mreq_per_h.sum() == pytest.approx(2.4)
    assert (chat.input_tokens, chat.cached_tokens, chat.output_tokens) == (1000, 100, 500)
    assert (chat.weight_input, chat.weight_cached, chat.weight_output, chat.weight_training) == (0.1, 0.0111, 1, 0.5)
    np.testing.assert_allclose(batch.arrivals_mreq_per_h, [1e-4 * h for h in range(24)])
    assert batch.kind == "deferrable" and batch.max_delay_h == 6
    assert (train.run_mtok, train.windows, train.gang_min, train.gang_max) == (30_000, ((6, 18),), 2, 20)
    assert train.pause_share == 0.5


def test_machines(small: Any) -> None:
    """Proves kW -> MW, tokens/s -> Mtok/h, and the training rate from accelerators, peak speed and utilisation."""
    case = read(small.write()).case
    air, liquid = case.racks
    assert (air.peak_mw, air.idle_mw, air.cost_kcur, air.usable_share) == (0.04, 0.01, 1000, 1)
    assert (liquid.ancillary_mw, liquid.ancillary_cost_kcur, liquid.ancillary_racks) == (0.012, 300, 0.25)
    assert (liquid.liquid_share, liquid.max_supply_c, liquid.usable_share, liquid.max_racks) == (0.8, 45, 0.9, 50)
    assert liquid.terms.depreciation_shares[:2] == (0.2, 0.32) and sum(
        liquid.terms.depreciation_shares
    ) == pytest.approx(1)
    first, second, training = case.operating_points
    assert (first.input_mtok_per_h, first.output_mtok_per_h) == pytest.approx((72, 36)) and not first.counts_cached
    assert second.counts_cached and second.full_mw == 0.12
    assert training.training_mtok_per_h == pytest.approx(72 * 2500e12 * 0.38 / (6 * 33e9) * 3600 / 1e6)


def test_plant(small: Any) -> None:
    """Proves cooling with its curve and tank, the chain's minutes, and the battery's round trip split by its root."""
    case = read(small.write()).case
    air, liquid = case.cooling
    assert (air.max_rack_mw, air.redundancy.spare_units, liquid.redundancy.duplicated) == (0.06, 1, True)
    assert (liquid.liquid_share, liquid.supply_c, liquid.residual_air) == (0.9, 40, "air")
    assert air.curve.driver == "dry_bulb_and_humidity" and air.curve.relative_humidity_pct == (0, 100, 0, 100)
    assert liquid.curve.temperature_c == (-10, 40) and liquid.curve.relative_humidity_pct == ()
    assert air.store is not None and (air.store.cost_kcur_per_mwh, air.store.max_mwh) == (51, 20)
    assert (air.store.loss_per_h, air.store.hours_to_fill, liquid.store) == (0.005, 4, None)
    chain = case.electrical
    assert (chain.fixed_loss_pu, chain.proportional_loss_pu) == (0.01, 0.05)
    assert (chain.included_ride_through_h, chain.required_ride_through_h) == pytest.approx((0.05, 0.1))
    (battery,) = case.batteries
    assert (battery.charge_efficiency, battery.discharge_efficiency) == pytest.approx((0.9, 0.9))
    assert (battery.power_kcur_per_mw, battery.energy_kcur_per_mwh, battery.max_mwh) == (120, 125, 16)
    assert (battery.min_charge_share, battery.max_charge_share, battery.lead_months_p90) == (0.05, 0.95, 9)
    (pv,) = case.supplies
    assert pv.output_pu.sum() == 5 and (pv.cost_kcur_per_mw, pv.terms.life_years) == (900, 25)


def test_other_ways_to_state_the_same(small: Any) -> None:
    """Proves the alternatives: a battery that ages by throughput with both efficiencies, a stated dry margin with a wet
    design temperature, a stated training rate, a price series, an export price series, a carbon series."""
    small.rows["Storage"][0].update(ageing="throughput", cycle_life=6000, max_cycles_per_year=None, round_trip_pct=None)
    small.rows["Storage"][0].update(charge_efficiency_pct=96, discharge_efficiency_pct=93)
    small.rows["Sites"][0].update(design_dry_bulb_c=None, design_margin_dry_k=4, design_margin_wet_k=None)
    small.rows["Sites"][0].update(design_wet_bulb_c=20, tariff=None, price_series="dear", carbon_g_per_kwh=None)
    small.rows["Sites"][0].update(carbon_series="grey", export_price=None, export_price_series="cheap")
    small.series |= {"dear": [50_000.0] * 24, "cheap": [30_000.0] * 24, "grey": [300.0] * 24}
    point = small.rows["OperatingPoints"][2]
    small.rows["OperatingPoints"][2] = {k: point[k] for k in ("rack", "operating_class", "full_kw")}
    small.rows["OperatingPoints"][2]["training_tokens_per_s"] = 345_000
    case = read(small.write()).case
    battery, grid = case.batteries[0], case.grid
    assert (battery.ageing, battery.cycle_life, battery.max_cycles_per_year) == ("throughput", 6000, None)
    assert (battery.charge_efficiency, battery.discharge_efficiency) == (0.96, 0.93)
    assert (case.site.design_margin_dry_k, case.site.design_margin_wet_k) == (4, 20 - 16.5)
    assert case.operating_points[2].training_mtok_per_h == pytest.approx(1242)
    np.testing.assert_allclose(grid.import_price_kcur_per_mwh, 0.051)
    np.testing.assert_allclose(grid.carbon_t_per_mwh, 0.3)
    assert grid.export_price_kcur_per_mwh is not None and grid.demand_charges == ()
    np.testing.assert_allclose(grid.export_price_kcur_per_mwh, 0.03)


def test_offers(small: Any) -> None:
    """Proves the cost chain of an offer, its currency, price breaks, and a P90 that falls back to P50."""
    pod, hall, *_ = read(small.write()).case.offers
    assert (pod.it_mw, pod.electrical_mw, pod.heat_mw, pod.cooling) == (1.5, 1.5, 1.6, "liquid")
    assert (pod.ex_works_k, pod.freight_k, pod.insurance_k, pod.exchange_rate) == (9000, 120, 20, 1.1)
    assert (pod.duty_rate, pod.duty_basis, pod.import_tax_rate) == (0.08, "FOB", 0.05)
    assert (pod.inland_kcur, pod.installation_kcur, pod.rack_limit_mw, pod.rack_positions) == (15, 400, 0.2, 12)
    assert [(b.min_count, b.ex_works_k) for b in pod.price_breaks] == [(3, 8700), (5, 8500), (7, 8400)]
    assert (pod.min_count, pod.max_count, pod.lead_months_p50, pod.lead_months_p90) == (1, 8, 9, 12)
    assert pod.terms.depreciation_shares == (0.25,) * 4
    assert (hall.exchange_rate, hall.site_built, hall.max_count, hall.lead_months_p90) == (1, True, None, 15)


def test_origins(small: Any) -> None:
    """Proves that each value names its cell, its source and its grade: given, default, assumed, no limit."""
    small.notes["dry"] = "Open-Meteo, CC BY 4.0 | 2023 | A"
    by_path = {(o.path, o.cell): o for o in read(small.write()).origins}
    limit = by_path["grid.import_limit_mw", small.cell("Sites", "grid_limit_mw")]
    assert (limit.value, limit.unit, limit.source, limit.year, limit.grade) == ("8", "MW", "a table", "2025", "B")
    assumed = by_path["grid.billing_factor", small.cell("Sites", "billing_factor")]
    assert assumed.is_assumption and assumed.kind == "given"
    weather = by_path["site.dry_bulb_c", small.cell("Sites", "dry_bulb_series")]
    assert (weather.source, weather.year, weather.grade) == ("Open-Meteo, CC BY 4.0", "2023", "A")
    assert by_path["limits.carbon_t_per_year", small.cell("Project", "carbon_cap_t")].kind == "no limit"
    default = by_path["racks[air rack].usable_share", small.cell("Racks", "usable_share_pct")]
    assert (default.kind, default.value, default.unit) == ("default", "100", "%") and default.is_assumption
    assert not any("unused" in o.path or "unused" in o.value for o in by_path.values())


def test_warnings(small: Any) -> None:
    """Proves the remarks on short years, curves, token mixes and construction price, which are no findings."""
    small.series["dry"][3] = 45.0
    small.rows["Workloads"][0]["output_tokens"] = 900
    small.rows["Sites"][0]["build_cost_per_w"] = 12  # the offers: 3 + 4 + 2 = 9
    small.rows["Sites"][0]["design_dry_bulb_c"] = 46
    texts = [str(w) for w in read(small.write()).warnings]
    for words in ("24 hours only", "1 steps lie outside", "rates hold at 2 input tokens per output", "come to 9 USD/W"):
        assert sum(words in t for t in texts) == 1, (words, texts)


def test_pure_energy_study(small: Any) -> None:
    """Proves that a study without racks needs neither weather nor architecture."""
    for name in ("Workloads", "Windows", "Racks", "OperatingPoints", "Cooling", "ChilledWater", "Offers", "Quotations"):
        small.rows[name] = []
    small.rows["Sites"][0].update(dry_bulb_series=None, wet_bulb_series=None, humidity_series=None)
    small.rows["Sites"][0].update(architecture=None, design_dry_bulb_c=None)
    case = read(small.write()).case
    assert case.racks == () and case.electrical.name == "direct" and case.site.plain_load_mw is not None


def test_rows_switched_off(small: Any) -> None:
    """Proves that `available: no` takes a row out with all that hangs on it, and that it may then be unfinished."""
    small.rows["Racks"][0].update(available="no", peak_kw=None)
    small.rows["Offers"][1].update(available="no", ex_works="to be agreed")
    case = read(small.write()).case
    assert [r.name for r in case.racks] == ["liquid rack"]
    assert {p.rack for p in case.operating_points} == {"liquid rack"}
    assert "hall" not in {o.name for o in case.offers}


def test_weekends_and_half_hours(small: Any) -> None:
    """Proves day types and steps shorter than an hour: Saturday and Sunday shape apart from Monday, 30-minute steps."""
    hours = 72
    small.project.update(hours=hours, step_minutes=30, year_start="2023-01-07")
    small.series = {k: [v[0]] * (2 * hours) for k, v in small.series.items()} | {
        "hour": [h / 2 for h in range(2 * hours)]
    }
    ones = {f"h{h:02d}": 1 for h in range(24)}
    small.rows["Profiles"] = [
        {"profile": "evening", "day_type": "weekday"} | {k: 4 for k in ones},
        {"profile": "evening", "day_type": "weekend"} | ones,
    ]
    small.rows["Workloads"][0]["clock_ahead_h"] = 0
    small.rows["Workloads"].pop()
    small.rows["Windows"] = small.rows["TariffPeaks"] = []
    case = read(small.write()).case
    arrivals = case.workloads[0].arrivals_mreq_per_h
    assert arrivals is not None and case.calendar.steps == 144 and case.calendar.step_h == 0.5
    np.testing.assert_allclose(arrivals, [0.05] * 96 + [0.2] * 48)
    assert arrivals.mean() == pytest.approx(0.1)
    (charge,) = case.grid.demand_charges
    assert charge.applies.tolist() == [0.0] * 96 + [0.0] * 18 + [1.0] * 30


def test_series_in_a_csv_file(small: Any) -> None:
    """Proves that a CSV beside the workbook serves as a series, is recorded as an input, and names its bad lines."""
    csv = small.folder / "pv.csv"
    csv.write_text("hour,pv\n" + "".join(f"{h},{h / 100}\n" for h in range(24)), encoding="utf-8")
    small.rows["Supply"][0]["output_series"] = "pv.csv:pv"
    path = small.write()
    checked = read(path)
    assert checked.case.supplies[0].output_pu.sum() == pytest.approx(2.76)
    assert checked.files == (path, csv.resolve())
    csv.write_text(csv.read_text(encoding="utf-8").replace("5,0.05", "5,nan"), encoding="utf-8")
    with pytest.raises(BadWorkbook) as caught:
        read(path)
    assert [f.cell for f in caught.value.findings] == ["pv.csv, line 7"]


def test_every_reading_path_gives_the_same_case(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that the fast reader, renamed sheets, lost table names and shifted rows change nothing."""
    expected = plain(read(small.write()).case)

    def rename(book: Any) -> None:
        for page in book.worksheets:
            page.title = f"my {page.title}"

    def strip(book: Any) -> None:
        for page in book.worksheets:
            for table in list(page.tables):
                del page.tables[table]
            page.insert_rows(1, 2)

    for edit in (rename, strip):
        small.edits = [edit]
        assert plain(read(small.write(f"{edit.__name__}.xlsx")).case) == expected
    monkeypatch.setattr(archive, "BIG_PART", 0)
    small.edits = []
    assert plain(read(small.write()).case) == expected


def test_the_workbook_is_never_written(small: Any) -> None:
    """Proves that reading leaves the file as it is, byte for byte."""
    path = small.write()
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    read(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert [p.name for p in small.folder.iterdir()] == [path.name]


def test_another_template_version(small: Any) -> None:
    """Proves that a workbook of a later manifest is not misread."""
    from openpyxl.workbook.defined_name import DefinedName

    small.edits.append(lambda book: book.defined_names.add(DefinedName(VERSION_NAME, attr_text="99")))
    with pytest.raises(BadWorkbook, match="template version 99"):
        read(small.write())


def _without_later_columns(book: Any) -> None:
    """The workbook as its first version was: without the columns that came since."""
    from openpyxl.workbook.defined_name import DefinedName

    later = {(s.name, c.name) for s in SHEETS for c in s.columns if c.since > 1}
    for page in book.worksheets:
        for cell in page[HEADER_ROW]:
            if (page.title, cell.value) in later:
                cell.value = f"own {cell.column}"
    book.defined_names.add(DefinedName(VERSION_NAME, attr_text="1"))


def test_a_workbook_of_an_earlier_version_keeps_its_meaning(small: Any) -> None:
    """Proves: what a later version brought is blank in a workbook of the first, and the case is that of a workbook in
    which it is blank. Catches: a column that old workbooks must have, or a default that changes them."""
    now = read(small.write())
    small.edits.append(_without_later_columns)
    then = read(small.write("old.xlsx"))
    assert encode(then.case) == encode(now.case)


def _leaves(kind: Any, path: str = "") -> set[tuple[str, str]]:
    """(class, field) of every plain field that a Case holds, through nested classes."""
    hints = typing.get_type_hints(kind)
    found: set[tuple[str, str]] = set()
    for f in dataclasses.fields(kind):
        inner = hints[f.name]
        while typing.get_origin(inner) in (tuple, typing.Union, types.UnionType):
            inner = next(a for a in typing.get_args(inner) if a is not type(None) and a is not Ellipsis)
        nested = isinstance(inner, type) and dataclasses.is_dataclass(inner)
        found |= _leaves(inner) if nested else {(kind.__name__, f.name)}
    return found


_OWNER = {
    "money": "Money",
    "calendar": "Calendar",
    "site": "Site",
    "grid": "Grid",
    "limits": "Limits",
    "electrical": "Electrical",
    "workloads": "Workload",
    "racks": "Rack",
    "operating_points": "OperatingPoint",
    "cooling": "Cooling",
    "batteries": "Battery",
    "supplies": "Supply",
    "heat_users": "HeatUser",
    "generators": "Generator",
    "programmes": "Programme",
    "purchases": "PowerPurchase",
    "offers": "Offer",
    "asset_classes": "AssetTerms",
    "curves": "CoolingCurve",
    "store": "ChilledWaterStore",
    "demand_charges": "DemandCharge",
    "energy_charges": "EnergyCharge",
    "tiers": "Tier",
    "price_breaks": "PriceBreak",
    "quotation": "Quotation",
    "payment": "Payment",
    "orders": "OrderRules",
    "delay": "Delay",
    "heat_rejection": "HeatRejection",
}
_ELSEWHERE = {
    ("Workload", "weight_input"),
    ("Workload", "weight_cached"),
    ("Workload", "weight_output"),
    ("Workload", "weight_training"),  # by sheet TokenWeights
    ("EnergyCharge", "applies"),
    ("DemandCharge", "applies"),  # by days and hours
    ("Tier", "price"),  # as the price of the first
    ("OrderRules", "must_order"),
    ("OrderRules", "price_risks"),  # asked by `aidc offers`
    ("Payment", "delivery_share"),  # the rest
    ("Quotation", "financing_share"),  # from payment, lead time and discount rate
    ("Quotation", "scope_kcur"),
    ("Quotation", "adders_kcur"),  # by sheet Scope
    ("Quotation", "currency"),  # by sheet Offers
    ("Quotation", "valid_on_award"),
    ("Quotation", "warranty_wanted_years"),  # by sheet Tender
    ("Money", "first_year"),
    ("Money", "plan_years"),
    ("Grid", "earlier_mw"),
    ("Delay", "served_mtok"),  # by sheet Stages
    ("Redundancy", "spare_units"),
    ("CoolingCurve", "compressor_share"),
    ("CoolingCurve", "plant"),  # by sheet HeatRejection
    ("Redundancy", "duplicated"),
    ("Redundancy", "distributed"),  # by the choice N, N+1, N+2, 2N, 3N/2
}


def test_every_field_of_a_case_can_be_given() -> None:
    """Proves that no field of models.case is out of a workbook's reach; a field added there without a column fails."""
    reached = {("Case", "name"), ("Case", "currency")} | _ELSEWHERE
    for column in (c for s in SHEETS for c in s.columns if "." in c.case_path):
        owner, field = column.case_path.split(".")[-2:]
        reached.add((_OWNER.get(owner.split("[")[0], ""), field.split("[")[0]))
    assert _leaves(Case) - reached == set()


def _with(raw: RawWorkbook, name: str, number: int, column: str, cell: Cell) -> RawWorkbook:
    table = raw.tables[name]
    row = dataclasses.replace(table.rows[number], cells=table.rows[number].cells | {column: cell})
    rows = [*table.rows[:number], row, *table.rows[number + 1 :]]
    return dataclasses.replace(raw, tables=raw.tables | {name: dataclasses.replace(table, rows=rows)})


def test_no_error_value_cascades(small: Any) -> None:
    """Proves for each cell of each table that an error value in it is one finding, at its address: what depends on the
    cell is not reported too, and nothing ends in a traceback."""
    raw = read_workbook(small.write())
    several = []
    for name, table in raw.tables.items():
        for number, row in enumerate(table.rows):
            for column in table.sheet.columns:
                cell = dataclasses.replace(row.cells[column.name], value=None, problem="error")
                try:
                    validate(_with(raw, name, number, column.name, cell))
                except BadWorkbook as bad:
                    if [f.cell for f in bad.findings] == [cell.address]:
                        continue
                several.append(cell.address)
    assert several == []


def test_address_of_the_first_row() -> None:
    """Pins the layout that the guide and the findings speak of: the header stands in row 5."""
    assert HEADER_ROW == 5 and math.isclose(VERSION_NAME.count("_"), 2)
