"""Columns of dates and delay, by hand (see columns_bases): pods that come in month 12."""

from __future__ import annotations

from columns_bases import RACKS, Move, cost, ending

_LATE = {"Project.need_month": 11, "Project.most_delay_months": 2}

DATES = (
    Move(
        RACKS,
        {"Project.most_delay_months": 2},
        ending,
        "refused at need_month",
        "plan",
        "pods come in month 12, wanted in 11, 1 month late",
        given={"Project.need_month": 11},
    ),
    Move(
        RACKS,
        {"Project.delay_price": 4000},
        cost("delay"),
        2,
        4,
        "one month late",
        given=_LATE | {"Project.delay_price": 2000},
    ),
    Move(
        RACKS,
        {"Project.late_token_price": 20},
        cost("delay"),
        0.72,
        1.44,
        "a twelfth of 24 * 36,000 requests of 1,000 tokens is 72 Mtok; * 10 USD/Mtok",
        given=_LATE | {"Project.late_token_price": 10},
    ),
    Move(RACKS, {"Project.site_works_months": 1}, ending, "plan", "refused at need_month", "month 12, then works"),
)
