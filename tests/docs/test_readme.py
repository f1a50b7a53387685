"""The README says what is true: its commands exist and run, its tables are complete, what it names is there."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner import __version__
from planner.cli import cli
from planner.folder import MANIFEST
from planner.results import FILES

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PLAN = "python -m pip install -q uv && python -m uv run aidc plan inputs/examples/quickstart.xlsx"
TEST = "python -m pip install -q uv && python -m uv run pytest"


def blocks(language: str) -> list[str]:
    """The commands of all fenced blocks of one language, comments off."""
    found = re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)
    return [line.split("  #")[0].strip() for block in found for line in block.splitlines() if line.strip()]


def aidc_commands() -> list[list[str]]:
    """Every `aidc ...` of the shell blocks as arguments."""
    return [shlex.split(line.split("aidc ", 1)[1]) for line in blocks("sh") if re.search(r"(^|run )aidc ", line)]


def test_the_set_up_commands_stand_as_promised() -> None:
    """Proves that both commands stand in the README word for word, and in PowerShell's spelling, where `&&` is not
    known to every version."""
    assert {PLAN, TEST} <= set(blocks("sh"))
    for command in (PLAN, TEST):
        first, second = command.split(" && ")
        assert f"{first}; if ($?) {{ {second} }}" in blocks("powershell")


def test_the_example_of_the_first_command_is_there() -> None:
    """Proves that a fresh clone holds the workbook of the first command."""
    assert (ROOT / PLAN.rsplit(" ", 1)[1]).is_file()


def test_the_table_of_commands_is_the_command_line() -> None:
    """Proves that each command is documented and each documented one exists; a renamed command would show."""
    assert set(re.findall(r"^\| `aidc (\w+)", README, flags=re.MULTILINE)) == set(cli.commands)


def test_every_option_shown_exists() -> None:
    """Proves that the commands shown parse: an option that was renamed would show."""
    assert aidc_commands()
    for name, *arguments in aidc_commands():
        known = {o for p in cli.commands[name].params for o in p.opts}
        assert {a for a in arguments if a.startswith("-")} <= known


def test_the_workbook_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that the tour of the workbook works when typed in; what plans is proven elsewhere."""
    monkeypatch.chdir(tmp_path)
    tour = [a for a in aidc_commands() if a[0] not in ("plan", "offers", "pareto", "alternatives")]
    assert len(tour) >= 4
    for arguments in tour:
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 0, (arguments, result.output)
    assert (tmp_path / "mine.xlsx").is_file() and (tmp_path / "tender.xlsx").is_file()


def test_exit_codes_and_files_are_all_listed() -> None:
    """Proves that the tables are complete against the code."""
    from planner import errors, folder, results

    own = {e for module in (errors, folder, results) for e in vars(module).values() if isinstance(e, type)}
    codes = {e.exit_code for e in own if issubclass(e, errors.PlannerError)} | {0, 2, 130}
    assert {int(c) for c in re.findall(r"^\| (\d+) \|", README, flags=re.MULTILINE)} == codes
    assert set(re.findall(r"^\| `([\w.]+)` \|", README, flags=re.MULTILINE)) == {*FILES, MANIFEST}


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"(?:\(|`)((?:models|planner|reports|tests|inputs)/[\w./]*)(?:\)|`)", README)))
)
def test_what_the_readme_names_is_there(name: str) -> None:
    """Proves that no path in the README is stale."""
    path = ROOT / name
    assert path.exists() or path.with_suffix(".py").exists()


def test_versions_agree() -> None:
    """Proves that Python's range and the version are those of the project file and the changelog."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11,<3.15" and "Python 3.11 to 3.14" in README
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_nothing_names_a_registry_or_a_machine() -> None:
    """Proves that the files at the top carry no address of a package registry and no path of a machine."""
    for name in ("README.md", "pyproject.toml", "CHANGELOG.md", ".ci/run"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|/home/|/root/|index-url", text), name
    assert not (ROOT / "uv.lock").exists() or "uv.lock" in (ROOT / ".gitignore").read_text(encoding="utf-8")
