"""Mutation testing of the mathematics: `python tests/mutation/run.py --sample 150 --seed 1`.

Each mutant is one small change of one file of models/ (changes.py); the tests that run its line (lines.py) are tried
against it, the quickest first. A mutant that none of them notices has survived: a test is missing, or the change
changes nothing. Each mutant runs in a process of its own, forked with the libraries loaded (needs a system that forks).
What lines the tests run is learned first, unless `--lines` names a file with it. `--only models/grid.py` looks at one
file; `--log` keeps a line per mutant."""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from changes import Change, changes  # noqa: E402
from lines import PYTEST, Lines, learn  # noqa: E402

NOT_MATHEMATICS = {"__init__", "usage", "batteries", "bids", "tender", "provenance", "fields", "quotation"}
"""Only shown, or only data; their tests are those of the documents."""
CPU_SECONDS = 300
"""of a mutant, before it counts as noticed: it hangs"""
TEST_SECONDS = 60.0
"""of the tests tried against a mutant, as they take without it"""


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from a changed syntax tree."""

    def __init__(self, change: Change) -> None:
        self.change = change
        relative = change.path.relative_to(ROOT).with_suffix("")
        self.name = ".".join(relative.parts).removesuffix(".__init__")

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        return (
            importlib.util.spec_from_file_location(name, self.change.path, loader=self) if name == self.name else None
        )

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.change.tree(), str(self.change.path), "exec"), module.__dict__)


def survives(change: Change | None, tests: list[str]) -> bool:
    """Whether all tests pass with the change (None: as it is), in a process of its own."""
    child = os.fork()
    if not child:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            if change is not None:
                sys.meta_path.insert(0, _Changed(change))
            import pytest

            code = int(pytest.main(["-x", *PYTEST, *tests]))
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1] == 0


def warm() -> None:
    """Load what every mutant needs and no mutant changes."""
    import highspy  # noqa: F401
    import hypothesis  # noqa: F401
    import pyomo.environ  # noqa: F401
    import pytest  # noqa: F401
    import scipy.sparse  # noqa: F401
    from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler  # noqa: F401


def sources(only: list[Path]) -> Iterator[Path]:
    """The files that are changed."""
    for path in sorted((ROOT / "models").rglob("*.py")):
        if (not only or path in only) and not (path.parent.name == "models" and path.stem in NOT_MATHEMATICS):
            yield path


def main() -> int:
    """Sample, run, tell the score and every survivor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learn", type=Path, help="only run the tests and write what lines they run")
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=Path, action="append", default=[])
    parser.add_argument("--log", type=Path)
    parser.add_argument("--lines", type=Path, help="what lines the tests run; written if it does not exist")
    arguments = parser.parse_args()
    if arguments.learn:
        learn(arguments.learn)
        return 0
    known = arguments.lines or Path(tempfile.mkdtemp()) / "lines.json"
    if not known.exists():
        subprocess.run([sys.executable, __file__, "--learn", str(known)], check=True, cwd=ROOT)
    lines = Lines(known)
    every = [c for path in sources([p.resolve() for p in arguments.only]) for c in changes(path)]
    sample = random.Random(arguments.seed).sample(every, min(arguments.sample, len(every)))
    warm()
    survivors = 0
    for number, change in enumerate(sample, start=1):
        began = time.monotonic()
        name = change.path.relative_to(ROOT).as_posix()
        tests = lines.tests_of(name, change.line, TEST_SECONDS)
        alive = not tests or survives(change, tests)
        survivors += alive
        told = {"file": name, "line": change.line, "before": change.before, "after": change.after, "survived": alive}
        if arguments.log:
            with arguments.log.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps({**told, "seconds": round(time.monotonic() - began, 1)}) + "\n")
        if alive:
            print(f"survived: {name}:{change.line}: {change.before} -> {change.after}", flush=True)
        if number % 10 == 0:
            print(
                f"{number} of {len(sample)} (of {len(every)}), {100 * (1 - survivors / number):.0f} % found", flush=True
            )
    print(f"score {100 * (1 - survivors / max(len(sample), 1)):.1f} %: {survivors} of {len(sample)} mutants survived")
    return 0


if __name__ == "__main__":
    sys.exit(main())
