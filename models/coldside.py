"""The cooling of a Case: curves against weather, cooling types, chilled-water stores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from models.fields import Series, quantity, series
from models.terms import AssetTerms, Redundancy

CurveDriver = Literal["dry_bulb", "wet_bulb", "dry_bulb_and_humidity", "source_water"]


SinkKind = Literal["dry_cooler", "adiabatic", "tower", "source_water"]


@dataclass(frozen=True, eq=False)
class HeatRejection:
    """One plant outdoors with its loop (models.heat_rejection). Shares and powers per heat removed."""

    sink: SinkKind = quantity("", "where the heat goes")
    supply_c: float = quantity("degC", "temperature the loop supplies")
    rise_k: float = quantity("K", "how much warmer it comes back")
    approach_k: float = quantity("K", "how close the sink brings the loop to itself")
    pump_pu: float = quantity("MW/MW", "pumps and indoor fans")
    fan_pu: float = quantity("MW/MW", "fans outdoors at full flow at sea level, or pumps of a water body")
    chiller_efficiency: float = quantity("1", "share of the ideal (Carnot) coefficient of performance")
    economiser: bool = quantity("yes/no", "whether the sink cools the loop without the chiller", default=True)


@dataclass(frozen=True, eq=False)
class CoolingCurve:
    """Electricity and water per unit of heat against weather.

    Linear between points, constant beyond the first and last. With driver `dry_bulb_and_humidity` the points form a
    full grid (every temperature with every humidity) and interpolation is bilinear; else relative_humidity_pct is
    empty."""

    driver: CurveDriver = quantity("", "what the curve follows")
    temperature_c: tuple[float, ...] = quantity("degC", "dry bulb, wet bulb or water temperature of each point")
    electricity_pu: tuple[float, ...] = quantity("MW/MW", "electric power per heat removed")
    water_m3_per_mwh: tuple[float, ...] = quantity("m3/MWh", "water per heat removed (equal to L/kWh)")
    relative_humidity_pct: tuple[float, ...] = quantity("%", "humidity of each point (grid driver only)", default=())
    compressor_share: tuple[float, ...] = quantity(
        "1", "share of the heat that compressors take at each point; empty: not stated", default=()
    )
    plant: HeatRejection | None = quantity("", "what the curve is derived from; None: given as points", default=None)


@dataclass(frozen=True, eq=False)
class ChilledWaterStore:
    """A tank that moves the making of cold between hours. The part `distribution_pu` of the cooling curve (pumps, fans)
    stays in the hour of the heat; only the rest moves."""

    cost_kcur_per_mwh: float = quantity("kcur/MWh thermal", "price of storage energy")
    terms: AssetTerms = quantity("", "terms of the tank")
    max_mwh: float = quantity("MWh thermal", "largest tank")
    distribution_pu: float = quantity("MW/MW", "part of the curve that cannot move; at most all of it", default=0.0)
    loss_per_h: float = quantity("1/h", "share of stored cold lost per hour", default=0.0)
    hours_to_fill: float = quantity("h", "time to charge or discharge a full tank", default=4.0)
    area_m2_per_mwh: float = quantity("m2/MWh", "land per storage energy", default=0.0)
    temperature_difference_k: float | None = quantity(
        "K", "warming of its water between full and empty; None: not stated", default=None
    )


@dataclass(frozen=True, eq=False)
class HeatUser:
    """Someone who takes heat of racks: a district network, a greenhouse. It pays for what it takes."""

    name: str = quantity("", "user name")
    price_kcur_per_mwh: float = quantity("kcur/MWh thermal", "price of heat in the first year")
    temperature_c: float = quantity("degC", "least temperature at which heat is of use, exchanger included")
    demand_mw: Series = series("MW thermal", "most heat taken in each step: the duty curve")
    cost_kcur_per_mw: float = quantity("kcur/MW thermal", "price of exchanger and pipe")
    terms: AssetTerms = quantity("", "terms of the connection")
    max_mw: float | None = quantity("MW thermal", "largest connection; None: no limit", default=None)
    pump_pu: float = quantity("MW/MW", "electricity per heat delivered", default=0.0)


@dataclass(frozen=True, eq=False)
class Cooling:
    """A way to remove rack heat. Liquid types remove the rack's liquid share; the rest goes to the air type named in
    residual_air. Heat of electrical losses leaves by ventilation and is not counted (approximation)."""

    name: str = quantity("", "cooling name")
    max_rack_mw: float = quantity("MW", "largest rack peak it can carry")
    liquid_share: float = quantity("1", "largest share of heat it takes by liquid; 0: an air system")
    curve: CoolingCurve = quantity("", "electricity and water against weather")
    supply_c: float | None = quantity("degC", "liquid supply temperature; None: not stated", default=None)
    residual_air: str | None = quantity("", "air cooling that takes the rest of the heat", default=None)
    redundancy: Redundancy = quantity("", "redundancy of its pool of cooling units", default=Redundancy())
    fixed_share: float = quantity(
        "1", "part load: share of the curve's electricity at design heat that stays when there is no heat", default=0.0
    )
    store: ChilledWaterStore | None = quantity("", "chilled-water storage that may be built", default=None)
    return_c: float | None = quantity("degC", "temperature at which heat comes back; None: not stated", default=None)
