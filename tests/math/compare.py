"""Compares the model with brute force on any number of random cases, many more than the suite does.

    python tests/math/compare.py FIRST COUNT [SUBJECT ...]

Of each subject (without any: of all) the cases FIRST to FIRST + COUNT - 1, by the test that the suite runs on the first
of them. The exit code is 1 if any differ."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE)]

SUBJECTS = {
    "plant": ("test_oracle", "test_least_cost_by_brute_force"),
    "bills": ("test_tariff", "test_bills_by_brute_force"),
    "swings": ("test_swings", "test_least_cost_by_brute_force"),
    "generators": ("test_running", "test_on_off_hours_by_brute_force"),
    "contracts": ("test_contracts_random", "test_contracts_and_calls_by_trying_everything"),
    "stages": ("test_growth", "test_whole_and_in_months_agree_with_trying_everything"),
    "scenarios": ("test_scenarios", "test_whole_and_in_months_agree_with_trying_everything"),
    "portfolios": ("test_portfolio", "test_random_portfolios_against_every_choice_of_sites"),
}
"""plant: racks, modules, cooling, storage, heat, limits; contracts: power purchase and demand response."""


def main(first: int, count: int, *subjects: str) -> int:
    """Print every case whose least cost or verdict differs; 1 if there is one."""
    different = 0
    for subject in subjects or SUBJECTS:
        module, name = SUBJECTS[subject]
        test, wrong = getattr(importlib.import_module(module), name), 0
        for seed in range(first, first + count):
            try:
                test(seed)
            except AssertionError as error:
                wrong += 1
                print(f"{subject}, case {seed}: {error}", flush=True)
        different += wrong
        print(f"{subject}: {count} cases, {wrong} differ", flush=True)
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
