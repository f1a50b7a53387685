"""Times of the commands people wait for: `python tests/benchmarks/commands.py`. Prints a table; asserts nothing.

Each command runs as a whole process, five times; minimum, median and maximum stand against the time aimed at."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUICKSTART = str(ROOT / "inputs" / "examples" / "quickstart.xlsx")
COMMANDS = (
    ("aidc --help", ["--help"], 0.4),
    ("aidc check quickstart.xlsx (8,760 rows x 8 series)", ["check", QUICKSTART], 2.0),
)
RUNS = 5


def seconds(arguments: list[str]) -> float:
    """Wall-clock time of one run [s]."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "planner", *arguments], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - begun


def main() -> None:
    """Print the table."""
    print(f"{'command':54s} {'min':>6s} {'median':>7s} {'max':>6s} {'aim':>5s}  median / aim")
    for name, arguments, aim in COMMANDS:
        times = sorted(seconds(arguments) for _ in range(RUNS))
        median = statistics.median(times)
        print(f"{name:54s} {times[0]:6.2f} {median:7.2f} {times[-1]:6.2f} {aim:5.1f}  {median / aim:.2f}")


if __name__ == "__main__":
    main()
