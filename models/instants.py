"""Power and heat at the instants that size a plant: the design day, the highest import, the hottest step."""

from __future__ import annotations

import numpy as np

from models import curves, services
from models.case import Case
from models.catalogue import cold_stores, cooling, design_heat_mw, heat_coolings, heat_share, rack, serving
from models.design import Design, Instant
from models.usage import placed


def instants(case: Case, design: Design) -> tuple[Instant, ...]:
    """The design day, the step of the highest import and the step of the highest dry bulb."""
    highest, hottest = int(np.argmax(design.operation.import_mw)), int(np.argmax(case.site.dry_bulb_c))
    return (
        _design_day(case, design),
        _at_step(case, design, "highest import", highest),
        _at_step(case, design, "hottest step", hottest),
    )


def _used(case: Case, design: Design) -> list[str]:
    """Cooling types that take heat of installed racks."""
    shares = [heat_share(case, o) for o, n in placed(design).items() if n]
    return [c for c in heat_coolings(case) if any(s.get(c, 0.0) > 0 for s in shares)]


def _design_day(case: Case, design: Design) -> Instant:
    """All racks at peak and the highest plain load in the worst weather, fed by the grid alone."""
    site, chain = case.site, case.electrical
    racks = {o: n * rack(case, o).placed_mw for o, n in placed(design).items()}
    heat = {}
    for c in _used(case, design):
        heat_mw = sum(mw * heat_share(case, o).get(c, 0.0) for o, mw in racks.items())
        each, wet = curves.design_day_pu(cooling(case, c), site), curves.design_day_water(cooling(case, c), site)
        heat[c] = _path(case, c, (heat_mw, heat_mw), (0.0, 0.0), each, wet)
    installed = sum(racks.values())
    plain = 0.0 if site.plain_load_mw is None else float(site.plain_load_mw.max())
    power = {
        "racks": installed,
        "electrical_chain": installed * (chain.fixed_loss_pu + chain.proportional_loss_pu),
        "cooling": sum(h["electric_mw"] or 0.0 for h in heat.values()),
        "house": site.house_load_mw,
        "plain_load": plain,
        "battery_charge": 0.0,
        "export": 0.0,
        "onsite": 0.0,
        "battery_discharge": 0.0,
    }
    power["import"] = sum(power.values())
    dry_c = float(site.dry_bulb_c.max()) + site.design_margin_dry_k
    wet_c = float(site.wet_bulb_c.max()) + site.design_margin_wet_k
    return Instant("design day", None, dry_c, wet_c, power, racks, heat)


def _at_step(case: Case, design: Design, name: str, t: int) -> Instant:
    """One step of the operation."""
    op, site = design.operation, case.site
    racks = {}
    for o, n in placed(design).items():
        busy = sum(
            mw * op.busy_racks[key][t]
            for key, (_, mw) in serving(case).items()
            if key in op.busy_racks and key[1:] == o
        )
        racks[o] = float(n * (rack(case, o).idle_mw + rack(case, o).ancillary_mw) + busy)
    heat, at_peak = {}, design_heat_mw(case, placed(design))
    for c in _used(case, design):
        store = op.cold_discharge_mw[c][t] - op.cold_charge_mw[c][t] if c in op.cold_charge_mw else 0.0
        sold = float(sum(v[t] for (_, name), v in op.reused_mw.items() if name == c))
        each = curves.electricity_pu(cooling(case, c), site)[t]
        wet = curves.water_m3_per_mwh(cooling(case, c), site)[t]
        heat[c] = _path(case, c, (float(op.heat_mw[c][t]), at_peak[c]), (float(store), sold), float(each), float(wet))
    smoothing = services.smoothing_loss_mw(case, op.smoothed_mw)
    power = {
        "racks": float(op.it_mw[t]),
        "electrical_chain": float(op.chain_loss_mw[t]),
        "cooling": float(op.cooling_mw[t]),
        "house": site.house_load_mw,
        "plain_load": 0.0 if site.plain_load_mw is None else float(site.plain_load_mw[t]),
        "battery_charge": float(sum(v[t] for v in op.charge_mw.values()) + smoothing[t]),
        "export": float(op.export_mw[t]),
        "onsite": float(op.onsite_mw[t]),
        **({"generators": float(sum(v[t] for v in op.generated_mw.values()))} if op.generated_mw else {}),
        **({"lost_load": float(op.lost_load_mw["site"][t])} if op.lost_load_mw else {}),
        "battery_discharge": float(sum(v[t] for v in op.discharge_mw.values())),
        "import": float(op.import_mw[t]),
    }
    return Instant(name, t, float(site.dry_bulb_c[t]), float(site.wet_bulb_c[t]), power, racks, heat)


def _path(
    case: Case,
    c: str,
    heat_mw: tuple[float, float],
    elsewhere_mw: tuple[float, float],
    each_pu: float,
    water_m3_per_mwh: float,
) -> dict[str, float | None]:
    """Heat that a cooling type takes, now and with all racks at peak, less what its tank takes and what is sold, and
    what removing the rest takes; see Instant.heat."""
    store, (now_mw, peak_mw), (from_store_mw, sold_mw) = cold_stores(case).get(c), heat_mw, elsewhere_mw
    made_mw = now_mw - from_store_mw - sold_mw
    each, now, made = np.array([each_pu]), np.array([now_mw]), np.array([made_mw])
    power = curves.power_mw(cooling(case, c), each, now, made, peak_mw)
    return {
        "heat_mw": now_mw,
        "from_store_mw": from_store_mw,
        "electric_mw": float(power[0]),
        "distribution_mw": None if store is None else min(store.distribution_pu, each_pu) * now_mw,
        "water_m3_per_h": water_m3_per_mwh * made_mw,
        **({"reused_mw": sold_mw} if case.heat_users else {}),
    }
