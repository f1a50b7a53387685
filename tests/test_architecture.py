"""The shape of the code: who may import whom, what the mathematics must not know, how large things may grow, what a
wheel holds. Read from the sources, so that an unused import counts too."""

from __future__ import annotations

import ast
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("planner", "reports", "models")
MAY_IMPORT = {"planner": {"planner", "reports", "models"}, "reports": {"reports", "models"}, "models": {"models"}}
REPORTS_SEE = {
    f"models.{name}"
    for name in (
        "case",
        "design",
        "stages",
        "scenarios",
        "fields",
        "provenance",
        "usage",
        "bids",
        "tender",
        "front",
        "yearly",
        "timetable",
        "growth_dates",
    )
}
SUBJECTS = (
    *("compute", "cooling", "electrical", "storage", "supply", "generators", "programmes", "swings", "grid"),
    *("tariff", "modules", "tokenergy", "purchases", "matching"),
)
WITHOUT_PYOMO = (
    *(
        "case.py",
        "design.py",
        "stages.py",
        "scenarios.py",
        "portfolio.py",
        "usage.py",
        "timetable.py",
        "growth_dates.py",
        "front.py",
        "yearly.py",
        "provenance.py",
        "power.py",
        "services.py",
        "reserves.py",
        "fuel.py",
        "running.py",
        "flexibility.py",
        "power_purchase.py",
        "contracts.py",
        "__init__.py",
    ),
    "wear.py",
    "audit/*.py",
)
AUDIT_SEES = {"models.case", "models.design", "models.stages", "models.portfolio", "models.scenarios"}
MOST_LINES, MOST_FUNCTION_LINES = 450, 60

SOURCES = sorted(p for name in PACKAGES for p in (ROOT / name).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def label(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it: `a.b` for `import a.b`, and `a.b` and `a.b.c` for
    `from a.b import c`."""
    here = module_name(path) if path.name == "__init__.py" else module_name(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = here.split(".")[: len(here.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parent, *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def tops(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_imports_point_one_way(path: Path) -> None:
    """planner -> reports -> models, and never back."""
    package = path.relative_to(ROOT).parts[0]
    assert tops(path) & {*PACKAGES, "tests"} <= MAY_IMPORT[package]


@pytest.mark.parametrize("path", sorted((ROOT / "models").rglob("*.py")), ids=label)
def test_the_mathematics_knows_no_files_and_no_solver(path: Path) -> None:
    """models/ imports the standard library, numpy and Pyomo only, and of the former nothing that reads or prints."""
    forbidden = {"os", "io", "pathlib", "shutil", "tempfile", "csv", "json", "zipfile", "subprocess", "logging", "sys"}
    allowed = (set(sys.stdlib_module_names) - forbidden) | {"numpy", "pyomo", "models"}
    assert tops(path) <= allowed
    assert not any(name.startswith(("pyomo.opt", "pyomo.solvers", "pyomo.contrib")) for name in imports(path))
    calls = [
        n.func.id
        for n in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    ]
    assert not {"print", "open", "input"} & set(calls)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def loaded(path: Path) -> Iterator[tuple[str, Path]]:
    """Every module that runs when a file is imported, with the file that asks for it: what that imports itself, and so
    on. Imports inside functions and under TYPE_CHECKING do not run then."""
    seen, queue = {path}, [path]
    while queue:
        asking = queue.pop()
        for node in parsed(asking).body:
            names = [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{name}" for name in names)]
            for name in names:
                yield name, asking
                place = ROOT.joinpath(*name.split("."))
                for file in (place.with_suffix(".py"), place / "__init__.py"):
                    if name.split(".")[0] in PACKAGES and file.is_file() and file not in seen:
                        seen.add(file)
                        queue.append(file)


FACTS = sorted(p for w in WITHOUT_PYOMO for p in (ROOT / "models").glob(w))
READING = [ROOT / "planner" / "results.py", *sorted((ROOT / "reports").rglob("*.py"))]


@pytest.mark.parametrize("path", [*FACTS, *READING], ids=label)
def test_question_answer_recheck_and_reports_need_no_pyomo(path: Path) -> None:
    """Otherwise reading a result folder would load the optimiser, and the recheck could lean on it."""
    assert not [label(asking) for name, asking in loaded(path) if name.split(".")[0] in ("pyomo", "highspy")]


def test_the_recheck_shares_no_code_with_the_model() -> None:
    """The recheck sees the question and the answer only: a mistake in a shared helper would hide from it."""
    files = sorted((ROOT / "models" / "audit").rglob("*.py"))
    assert files
    for path in files:
        own = {n for n in imports(path) if n.split(".")[0] == "models" and not n.startswith("models.audit")} - {
            "models"
        }
        assert {".".join(n.split(".")[:2]) for n in own} <= AUDIT_SEES, label(path)


@pytest.mark.parametrize("name", SUBJECTS)
def test_subjects_do_not_know_each_other(name: str) -> None:
    """Physical subjects are joined by ports in assembly.py; an import between them would be a second, hidden joint."""
    others = {f"models.{other}" for other in SUBJECTS if other != name}
    assert not others & set(imports(ROOT / "models" / f"{name}.py"))


@pytest.mark.parametrize("path", sorted((ROOT / "reports").rglob("*.py")), ids=label)
def test_reports_see_the_question_and_the_answer_only(path: Path) -> None:
    """reports/ computes no engineering number, so it has no use for the model; what is derived from an answer only to
    be shown is derived in models.usage (of bids: models.bids)."""
    own = {".".join(n.split(".")[:2]) for n in imports(path) if n.startswith("models.")}
    assert own <= REPORTS_SEE


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_only_planner_solving_and_the_doctor_touch_the_solver(path: Path) -> None:
    """One door to HiGHS: options are checked and results rechecked there."""
    if "highspy" in tops(path):
        assert label(path).startswith("planner/solving/") or label(path) == "planner/doctor.py"


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=label)
def test_files_and_functions_stay_readable(path: Path) -> None:
    """A file that no longer fits in the head hides mistakes; functions likewise (in tests, long literal cases may)."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    if path in TESTS:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno is not None:
            assert node.end_lineno - node.lineno + 1 <= MOST_FUNCTION_LINES, node.name


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_everything_public_says_what_it_is(path: Path) -> None:
    """Every module, public class and public function of the three packages has a doc string."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "module"
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


def test_the_top_level_holds_what_a_reader_expects() -> None:
    """Proves: nothing but the packages, inputs, tests and the files named here is kept. Catches: a download or a result
    that was committed by mistake."""
    import subprocess

    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a checkout")
    folders = {".ci", "planner", "models", "reports", "inputs", "tests"}
    files = {".gitignore", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md"}
    assert {line.strip('"').partition("/")[0] for line in listed.stdout.splitlines()} == folders | files


def test_tests_are_no_packages_and_inputs_hold_no_code() -> None:
    """An __init__.py under tests/ would take the name of a real package; code under inputs/ would ship as data."""
    assert not list((ROOT / "tests").rglob("__init__.py"))
    assert not list((ROOT / "inputs").rglob("*.py"))


def test_starting_the_command_loads_nothing_heavy() -> None:
    """`aidc --help` must be instant: what the command imports at its start reaches no large library."""
    heavy = {"pyomo", "highspy", "pandas", "numpy", "scipy", "openpyxl", "xlsxwriter", "altair", "vl_convert", "jinja2"}
    heavy |= {"rich", "models", "reports", "python_calamine", "defusedxml", "docx"}
    seen: set[str] = set()
    queue = ["planner.__main__"]
    while queue:
        name = queue.pop()
        path = ROOT.joinpath(*name.split(".")).with_suffix(".py")
        path = path if path.is_file() else ROOT.joinpath(*name.split("."), "__init__.py")
        if name in seen or not path.is_file():
            continue
        seen.add(name)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:  # imports inside functions and under TYPE_CHECKING do not run at start
            if isinstance(node, ast.ImportFrom) and node.module:
                queue += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Import):
                queue += [alias.name for alias in node.names]
        assert not {q.split(".")[0] for q in queue} & heavy, name
    assert "planner.commands.plan" in seen


def test_limits_of_time_follow_a_steady_clock() -> None:
    """Only the date of a manifest and the year of a quotation come from the calendar clock; all else counts by
    monotonic clocks, so that a clock that is set, or daylight saving, ends no search early and none late."""
    calendar = {("time", "time"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("dt", "now")}
    found = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                owner = getattr(node.value, "attr", getattr(node.value, "id", ""))
                if (owner, node.attr) in calendar:
                    found[label(path)] = f"{owner}.{node.attr}"
    assert found == {"planner/results.py": "datetime.now", "planner/quotation_file.py": "date.today"}


def test_the_wheel_holds_the_three_packages_and_the_inputs(tmp_path: Path) -> None:
    """Proves what an installation will see: a forgotten package, stray tests, or inputs left behind would show."""
    from hatchling.builders.wheel import WheelBuilder

    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(built) as wheel:
        names = wheel.namelist()
    top = {name.split("/")[0] for name in names}
    assert {t for t in top if not t.endswith(".dist-info")} == set(PACKAGES)
    assert {label(p) for p in SOURCES} <= set(names)
    inputs = [p.relative_to(ROOT / "inputs").as_posix() for p in (ROOT / "inputs").rglob("*") if p.is_file()]
    assert inputs and {f"planner/_inputs/{name}" for name in inputs} <= set(names)


def test_dependencies_are_used_and_declared() -> None:
    """Every declared dependency is imported somewhere, every foreign import is declared."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    spelt = {"python-calamine": "python_calamine", "vl-convert-python": "vl_convert", "python-docx": "docx"}
    extras = [d for extra in project["optional-dependencies"].values() for d in extra]
    declared = {d.split(";")[0].split(">")[0].split("!")[0].strip() for d in [*project["dependencies"], *extras]}
    declared = {spelt.get(d, d) for d in declared}
    used = {name for path in SOURCES for name in tops(path)} - set(sys.stdlib_module_names) - set(PACKAGES)
    unseen = {"defusedxml", "tzdata"}  # openpyxl and zoneinfo use them if they are there
    assert used - declared == set()
    assert declared - used - unseen == set()
