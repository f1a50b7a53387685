"""The build-out over time: what is in service and what is paid, year by year, as small bars under each other."""

from __future__ import annotations

from typing import Any

from reports.charts.frame import NARROW, Chart, data, draw

_ROWS = (
    ("IT installed, MW", "it_installed_mw", "it"),
    ("Racks", "racks", "it"),
    ("Modules", "modules", "chain"),
    ("Grid contract, MW", "grid_mw", "chain"),
    ("Batteries, MWh", "storage_mwh", "storage"),
    ("On-site supply, MW", "supply_mw", "storage"),
    ("TokEnergy, Wh per 1,000 tokens", "tokenergy_wh_per_1k", "cooling"),
)


def build_out(view: dict[str, Any]) -> Chart:
    """One row of bars for each thing that is not zero throughout; the last row is the cost after tax."""
    currency = view["currency"]
    most = max(abs(row["cost_after_tax"]) for row in view["years"])
    unit, name = (1e9, "billion") if most >= 1e9 else (1e6, "million") if most >= 1e6 else (1e3, "thousand")
    rows = [entry for entry in _ROWS if any(year[entry[1]] for year in view["years"])]

    def bars(alt: Any, width: int, title: str, key: str, colour: str, scale: float, *, is_last: bool) -> Any:
        from reports.charts.frame import COLOUR

        values = [{"year": y["year"], "stage": y["stage"], "value": (y[key] or 0.0) / scale} for y in view["years"]]
        axis = alt.Axis(title="year" if is_last else None, labels=is_last, labelAngle=0, grid=False)
        across = width - (46 if width == NARROW else 70)
        return (
            alt.Chart(data(alt, values), title=title, width=across, height=70)
            .mark_bar(color=COLOUR[colour])
            .encode(
                x=alt.X("year:O", axis=axis),
                y=alt.Y("value:Q", axis=alt.Axis(title=None, tickCount=3, minExtent=40, maxExtent=40)),
            )
        )

    def build(alt: Any, width: int) -> Any:
        parts = [bars(alt, width, title, key, colour, 1.0, is_last=False) for title, key, colour in rows]
        cost = f"Cost after tax, {name} {currency}"
        parts.append(bars(alt, width, cost, "cost_after_tax", "total", unit, is_last=True))
        return alt.vconcat(*parts, spacing=14)

    return draw("buildout", "Build-out by year as bars; the table under it gives the figures", build)
