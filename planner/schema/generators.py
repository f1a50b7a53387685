"""Sheet Generators: engines, turbines, fuel cells and standby sets that burn fuel."""

from __future__ import annotations

from planner.schema.columns import Column, Sheet, asset_class, available, leads, of_site, provenance

_PATH = "generators[{key}]"


def _column(name: str, meaning: str, unit: str, example: float, field: str, **more: object) -> Column:
    """A number of the sheet; zero if blank, unless said otherwise."""
    options: dict[str, object] = {"minimum": 0, "default": 0, **more}
    if options.get("required") or options.get("no_limit"):
        options.pop("default")
    return Column(name, meaning, unit, example=example, case_path=f"{_PATH}.{field}", **options)  # type: ignore[arg-type]


GENERATORS = Sheet(
    "Generators",
    "tblGenerators",
    "Gas engines, gas turbines, fuel cells and standby sets: like units that burn fuel.",
    (
        Column("name", "name", kind="text", required=True, example="gas engine 10 MW", case_path=f"{_PATH}.name"),
        available(),
        _column("unit_kw", "electric power of one unit, its own consumption taken off", "kW", 10000, "unit_mw",
                required=True, above=0, minimum=None, factor=0.001),
        _column("price", "price of capacity, installed", "currency/kW", 1000, "cost_kcur_per_mw", required=True),
        asset_class("supply", f"{_PATH}.terms"),
        Column("min_units", "least number of units; what stands already: its number here, price 0", "units",
               kind="integer", default=0, minimum=0, example=0, case_path=f"{_PATH}.min_units"),
        Column("max_units", "most units, spare ones included", "units", kind="integer", required=True, minimum=0,
               example=4, case_path=f"{_PATH}.max_units"),
        Column("spare_units", "x of N+x: units bought on top and never counted on", "units", kind="integer", default=0,
               minimum=0, maximum=10, example=1, case_path=f"{_PATH}.spare_units"),
        _column("min_load_pct", "lowest power of a running unit", "%", 40, "min_load_share", maximum=100, factor=0.01),
        _column("full_load_efficiency_pct", "electricity over fuel (lower heating value) at full load", "%", 45,
                "fuel_mwh_per_mwh", required=True, above=0, minimum=None, maximum=100, factor=0.01),
        _column("no_load_fuel_pct", "fuel that a running unit burns whatever it gives, of its fuel at full load", "%",
                12, "fuel_mwh_per_h", maximum=99, factor=0.01),
        _column("fuel_price", "price of fuel per energy (lower heating value)", "currency/MWh", 35,
                "fuel_kcur_per_mwh", required=True, factor=0.001),
        _column("fuel_escalation_pct", "growth of the price of fuel", "%/year", 2, "fuel_escalation", minimum=-20,
                maximum=20, factor=0.01),
        _column("fuel_carbon_g_per_kwh", "carbon of fuel burned, per energy of fuel (lower heating value)", "g/kWh",
                202, "carbon_t_per_mwh_fuel", required=True, factor=0.001),
        _column("fixed_om_price", "upkeep per capacity, whatever it gives", "currency/kW-year", 10,
                "om_kcur_per_mw_year"),
        _column("om_price", "upkeep per energy given", "currency/MWh", 8, "om_kcur_per_mwh", factor=0.001),
        _column("start_cost", "cost of one start of one unit, fuel included", "currency/start", 500, "start_kcur",
                factor=0.001),
        _column("max_run_h", "running hours allowed, mean of all units", "h/year", 5000, "max_run_h_per_year",
                no_limit=True),
        Column("only_in_outages", "yes: may run only while the grid is interrupted (standby permit)", kind="yes_no",
               default="no", example="no", case_path=f"{_PATH}.only_in_outages"),
        _column("area_m2_per_mw", "land per capacity", "m2/MW", 100, "area_m2_per_mw"),
        *leads(_PATH),
        of_site(),
        *provenance(),
    ),
    key=("name",),
    note="Like units are one row. Standby sets: only_in_outages yes; interruptions of the grid stand on sheet Sites.",
    required=False,
    since=2,
)  # fmt: skip
