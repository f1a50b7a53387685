"""Sheet PowerPurchase: contracts for the energy of plants elsewhere."""

from __future__ import annotations

from dataclasses import replace

from planner.schema.columns import Column, Sheet, available, of_site, provenance, series

_PATH = "purchases[{key}]"
SOURCES = ("solar", "wind", "hydro", "geothermal", "nuclear", "biomass", "mixed")
POWER_PURCHASE = Sheet(
    "PowerPurchase",
    "tblPowerPurchase",
    "Power-purchase contracts: energy of plants elsewhere, delivered through the grid or settled against the market.",
    (
        Column("name", "name", kind="text", required=True, example="solar PPA", case_path=f"{_PATH}.name"),
        available(),
        Column("settlement",
               "physical: through the grid, in place of the tariff's energy; financial: a contract for difference",
               kind="choice", choices=("physical", "financial"), default="physical", example="physical",
               case_path=f"{_PATH}.settlement"),
        Column("source_kind", "what the plant runs on; shown in the report", kind="choice", choices=SOURCES,
               not_stated=True, example="solar", case_path=f"{_PATH}.source_kind"),
        Column("delivery", "pay-as-produced: as output_series says; baseload: the same in every hour", kind="choice",
               choices=("pay-as-produced", "baseload"), default="pay-as-produced", example="pay-as-produced"),
        replace(
            series("output_series", "delivery per MW contracted", "MW/MW", f"{_PATH}.output_pu",
                   example="pv_kw_per_kwp", minimum=0, maximum=1),
            when=("delivery", ("pay-as-produced",)), required=True,
        ),
        Column("min_mw", "least power contracted; what is signed already: its power here and in max_mw", "MW",
               default=0, minimum=0, example=0, case_path=f"{_PATH}.min_mw"),
        Column("max_mw", "most power contracted", "MW", required=True, minimum=0, example=20,
               case_path=f"{_PATH}.max_mw"),
        Column("price", "price of all energy delivered (financial: the strike)", "currency/MWh", required=True,
               minimum=0, example=75, case_path=f"{_PATH}.price_kcur_per_mwh", factor=0.001),
        Column("price_escalation_pct", "growth of that price", "%/year", default=0, minimum=-20, maximum=20, example=0,
               case_path=f"{_PATH}.price_escalation", factor=0.01, source="a fixed price", grade="X"),
        Column("delivery_fee", "network and service charges on energy that the site takes", "currency/MWh", default=0,
               minimum=0, example=20, case_path=f"{_PATH}.delivery_kcur_per_mwh", factor=0.001,
               when=("settlement", ("physical",))),
        Column("surplus_pct",
               "share of the market price at which energy is sold that the site does not take; 0: it is lost", "%",
               default=0, minimum=0, maximum=100, example=90, case_path=f"{_PATH}.surplus_share", factor=0.01,
               when=("settlement", ("physical",))),
        series("market_price_series", "market price of energy where the contract is settled", "currency/MWh",
               f"{_PATH}.market_kcur_per_mwh", 0.001, example="wholesale_usd_per_mwh"),
        Column("carbon_g_per_kwh", "market-based carbon of energy delivered", "g/kWh", default=0, minimum=0, example=0,
               case_path=f"{_PATH}.carbon_t_per_mwh", factor=0.001, source="sun, wind and water burn nothing",
               grade="X"),
        Column("counts_as_clean", "yes: counts towards the shares of clean energy on sheet Project", kind="yes_no",
               default="yes", example="yes", case_path=f"{_PATH}.counts_as_clean"),
        of_site(),
        *provenance(),
    ),
    key=("name",),
    note="A market price is needed by financial contracts, and where surplus is sold. Contracts deliver from the start "
    "of service; of several stages each may contract anew.",
    required=False,
    since=3,
)  # fmt: skip
