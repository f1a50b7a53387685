"""Sheet Sweep: which cells of the workbook vary in `aidc sweep`, and how."""

from __future__ import annotations

from planner.schema.columns import Column, Sheet, available, provenance

_FORMS = ("list", "range", "uniform", "triangular", "normal", "lognormal")

SWEEP = Sheet(
    "Sweep",
    "tblSweep",
    "Cells that vary in `aidc sweep`, and how. No other command uses this sheet.",
    (
        Column("name", "what varies, in your words", kind="text", required=True, example="price of energy"),
        available(),
        Column("sheet", "sheet of the cell", kind="text", required=True, example="TariffEnergy"),
        Column("row", "its row: the name in the first column, or all names that tell rows apart, as in `TOU, day`; "
               "blank: every row in use", kind="text", example="TOU, day"),
        Column("column", "its column (on sheet Project: its field)", kind="text", required=True, example="price"),
        Column("form", "list: the values; range: levels from low to high, evenly spaced; else a distribution",
               kind="choice", choices=_FORMS, required=True, example="triangular"),
        Column("relative", "yes: figures are factors of what stands in the cell (a deviation: a share of it)",
               kind="yes_no", default="no", example="yes"),
        Column("values", "of a list: values separated by semicolons, each as likely", kind="text",
               example="90; 100; 120", when=("form", ("list",))),
        Column("low", "lowest value; of normal and lognormal: cut off below, blank: not cut", "as the cell",
               example=0.8, not_stated=True),
        Column("high", "highest value; of normal and lognormal: cut off above, blank: not cut", "as the cell",
               example=1.4, not_stated=True),
        Column("middle", "most likely value (triangular); mean (normal) or median (lognormal) before cutting",
               "as the cell", example=1.0, when=("form", ("triangular", "normal", "lognormal"))),
        Column("deviation", "standard deviation before cutting; of lognormal: of the natural logarithm", "as the cell",
               above=0, example=0.1, when=("form", ("normal", "lognormal"))),
        Column("levels", "of a range: number of values, the ends included", kind="integer", default=3, minimum=2,
               maximum=1000, example=5, when=("form", ("range",))),
        Column("moves_with", "another row of this sheet with which it is correlated", kind="reference",
               references=("Sweep.name",), example="carbon price"),
        Column("correlation", "rank correlation with that row", minimum=-1, maximum=1, example=0.6, not_stated=True),
        *provenance(),
    ),
    key=("name",),
    required=False,
    since=2,
    note="A row may move with one other row. What the correlation of two rows that both move with a third is, follows.",
)  # fmt: skip
