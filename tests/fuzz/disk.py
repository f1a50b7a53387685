"""`python tests/fuzz/disk.py`: every command that writes, into places that are too small or can only be read.

Mounts small file systems, so it needs Linux and root. Each run must end in the command's own success or in one sentence
that says that the disk is full or can only be read; result folders are complete or absent, no draft stays behind, and
a file that stood there stands as it was. Exit code 1 if any does not."""

from __future__ import annotations

import collections
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

SIZES_KB = (8, 40, 150, 400)
_RISE = {"sheet": "TariffEnergy", "row": "TOU, day", "column": "price"}
COMMANDS = {
    "plan": (),
    "offers": (),
    "sites": ("--jobs", "1"),
    "sweep": ("--design", "factorial", "--jobs", "1"),
    "pareto": ("--against", "carbon", "--points", "2"),
    "alternatives": ("--count", "1"),
    "scenarios": ("--no-compare",),
}
TOLD = ("The disk is full", "The disk can only be read")


@contextmanager
def mounted(place: Path, size_kb: int, *, read_only: bool = False) -> Iterator[None]:
    """A file system of that size at a place."""
    place.mkdir(exist_ok=True)
    options = f"size={size_kb}k" + (",ro" if read_only else "")
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def books(folder: Path) -> tuple[Path, Path]:
    """A small workbook that every command can read, and one of two sites."""
    from mutants import SMALL

    small: Any = SMALL.SmallWorkbook(folder)
    small.rows["Sweep"] = [{"name": "day", "form": "list", "values": "150000; 200000", **_RISE}]
    small.rows["Scenarios"] = [{"name": "low", "probability": 0.5}, {"name": "high", "probability": 0.5}]
    small.rows["ScenarioInputs"] = [{"scenario": "high", "value": "260000", **_RISE}]
    one: Path = small.write("one.xlsx")
    small.rows["Sites"].append({**small.rows["Sites"][0], "name": "There", "price_adder": 90000})
    return one, small.write("two.xlsx")


def ended(command: list[str], target: Path) -> str:
    """How a run ended, in words; what is wrong begins with BROKEN."""
    done = subprocess.run([sys.executable, "-m", "planner", *command], cwd=ROOT, capture_output=True, text=True)
    left = [p.name for p in target.parent.rglob("*") if p.name.endswith(".partial")]
    if left or "Traceback" in done.stderr:
        return f"BROKEN: {left or done.stderr[-300:]}"
    if done.returncode == 0:
        return "written"
    words = next((words for words in TOLD if words in done.stderr), "")
    if done.returncode != 1 or not words:
        return f"BROKEN: exit code {done.returncode}: {done.stderr[-300:]}"
    is_folder = target.suffix == ""
    if is_folder and any((target / name).exists() for name in ("manifest.json", "sites.json", "sweep.json")):
        return "BROKEN: a folder that looks complete"
    if not is_folder and target.exists():
        return "BROKEN: half a file"
    return words


def main() -> int:
    """Every command into every place."""
    found: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        place, (one, two) = Path(folder) / "small", books(Path(folder))
        for size_kb in (*SIZES_KB, 0):
            for name, options in (*COMMANDS.items(), ("template", ())):
                with mounted(place, size_kb or 1000, read_only=not size_kb):
                    target = place / ("mine.xlsx" if name == "template" else "result")
                    given = [] if name == "template" else [str(two if name == "sites" else one)]
                    how = ended([name, *given, *options, "-o", str(target), "-q"], target)
                found[how] += 1
                print(f"{name} into {f'{size_kb} kB' if size_kb else 'what can only be read'}: {how}", flush=True)
    for words, count in found.most_common():
        print(f"{count:5d}  {words}")
    return int(any(words.startswith("BROKEN") for words in found))


if __name__ == "__main__":
    sys.exit(main())
