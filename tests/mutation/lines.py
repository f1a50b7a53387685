"""Which tests run which lines of models/: learned once by running them, so that a mutant meets the tests that can
notice it and no others."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

import coverage
import pytest

ROOT = Path(__file__).resolve().parents[2]
LEARNED_FROM = ("math", "app")
"""Folders of the tests of the mathematics, and of what workbooks make of it."""
OTHER_PROCESSES = ("test_cli.py", "test_faults.py", "test_hostile.py", "test_jobs.py")
"""They look at models/ from processes of their own, where no mutant is."""
PYTEST = ("-q", "-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib", "-W", "ignore")


class _Watch:
    """Tells coverage which test runs, and takes its time."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self.measured = measured
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.measured.switch_context(item.nodeid)
        began = process_time()
        result: Any = yield
        self.seconds[item.nodeid] = process_time() - began
        self.measured.switch_context("")
        return result


def learn(path: Path) -> None:
    """Run the tests once and write what each line meets: {"seconds": {test: CPU seconds}, "lines": {file: {line:
    [test]}}}. What a fixture of a whole session runs counts for the first test that uses it."""
    measured = coverage.Coverage(data_file=None, include=[str(ROOT / "models" / "*")])
    watch = _Watch(measured)
    measured.start()
    folders = [str(ROOT / "tests" / name) for name in LEARNED_FROM]
    skipped = [f"--ignore={ROOT / 'tests' / 'app' / name}" for name in OTHER_PROCESSES]
    code = pytest.main([*PYTEST, "-x", *skipped, *folders], plugins=[watch])
    measured.stop()
    if code:
        raise SystemExit("a test fails without any mutant")
    data = measured.get_data()
    lines = {
        Path(name).relative_to(ROOT).as_posix(): {
            line: sorted(test for test in tests if test) for line, tests in data.contexts_by_lineno(name).items()
        }
        for name in data.measured_files()
    }
    path.write_text(json.dumps({"seconds": watch.seconds, "lines": lines}), encoding="utf-8")


class Lines:
    """What was learned."""

    def __init__(self, path: Path) -> None:
        found = json.loads(path.read_text(encoding="utf-8"))
        self.seconds: dict[str, float] = found["seconds"]
        self.lines: dict[str, dict[int, list[str]]] = defaultdict(dict)
        for name, lines in found["lines"].items():
            self.lines[name] = {int(line): tests for line, tests in lines.items()}

    def tests_of(self, name: str, line: int, most_seconds: float) -> list[str]:
        """Tests that run a line of a file, or the statement that it goes on; the quickest first, within a time. Of a
        line that only runs when the file is loaded (a default, a constant), the tests of the whole file and then, for
        as long again, any others."""
        lines = self.lines[name]
        begun = max((n for n in lines if n <= line), default=line)
        if tests := lines.get(begun):
            return self._quickest(set(tests), most_seconds)
        own = self._quickest({test for found in lines.values() for test in found}, most_seconds)
        return own + self._quickest(set(self.seconds) - set(own), most_seconds)

    def _quickest(self, tests: set[str], most_seconds: float) -> list[str]:
        chosen, total = [], 0.0
        for test in sorted(tests, key=lambda t: (self.seconds[t], t)):
            total += self.seconds[test]
            if chosen and total > most_seconds:
                break
            chosen.append(test)
        return chosen
