"""More or less work of every kind."""

from __future__ import annotations

from dataclasses import replace

from models.case import Case


def scaled(case: Case, share: float) -> Case:
    """The case with this share of all work: requests and training tokens."""
    work = [
        replace(
            w,
            arrivals_mreq_per_h=None if w.arrivals_mreq_per_h is None else w.arrivals_mreq_per_h * share,
            run_mtok=w.run_mtok * share,
        )
        for w in case.workloads
    ]
    return replace(case, workloads=tuple(work))
