"""The command line: results and progress apart, one exit code per outcome, never a traceback, complete or absent."""

from __future__ import annotations

import inspect
import io
import json
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from click.testing import CliRunner, Result

import models.audit
import planner.solving
from models.case import AssetTerms, Calendar, Case, Grid, Limits, Money, Site, Supply
from models.design import AuditReport, Proof, Violation
from models.provenance import Origin
from planner.cli import cli
from planner.commands.failures import report_failure
from planner.commands.findings import write_findings
from planner.errors import Finding, Infeasible
from planner.folder import MANIFEST
from planner.progress import Progress
from planner.results import FILES
from planner.studies.plan import limits_in_force
from planner.workbook import archive

ROOT = Path(__file__).resolve().parents[2]


def energy_case(limit_mw: float = 10.0, price: float = 0.1) -> Case:
    """Four hours of load with a little PV: 2 + 4 + 2 + 4 MWh at 100 per MWh are 1,200, less what PV saves."""
    load = np.array([2.0, 4.0, 2.0, 4.0])
    flat = np.ones(4)
    return Case(
        name="four hours",
        currency="USD",
        calendar=Calendar((0, 0, 0, 0)),
        money=Money(analysis_years=1, discount_rate=0.0),
        site=Site("here", 10 * flat, 8 * flat, 50 * flat, plain_load_mw=load),
        grid=Grid(price * flat, 0.4 * flat, import_limit_mw=limit_mw),
        limits=Limits(),
        supplies=(Supply("PV", flat, 0.3, AssetTerms(10), max_mw=1.0),),
    )


def origins(limit_mw: float) -> tuple[Origin, ...]:
    return (Origin("grid.import_limit_mw", "Sites!H5", f"{limit_mw:g}", "MW"),)


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workbook whose reading gives the small case; the current folder is empty but for it."""
    monkeypatch.chdir(tmp_path)
    reading(monkeypatch, energy_case())
    path = tmp_path / "four hours.xlsx"
    path.write_bytes(b"stands for a workbook")
    return path


def reading(monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    known = origins(case.grid.import_limit_mw)
    checked = SimpleNamespace(
        case=case, origins=known, warnings=("PV is an assumption",), options=(), growths=(), scenarios=()
    )
    monkeypatch.setattr("planner.commands.plan.read_case", lambda path: (checked, ({"name": path.name},)))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def nothing_written() -> bool:
    return not Path("out").exists() or not any(Path("out").iterdir())


def test_help_names_every_command() -> None:
    """Proves that the commands of the contract are there, each with help; a forgotten add_command would show."""
    names = {"template", "check", "plan", "explain", "pareto", "alternatives", "sweep"}
    names |= {"offers", "sites", "scenarios", "compare", "report", "audit", "doctor"}
    assert set(cli.commands) == names
    result = run("--help")
    assert result.exit_code == 0 and all(name in result.output for name in cli.commands)
    for name, command in cli.commands.items():
        assert run(name, "--help").exit_code == 0 and command.get_short_help_str()


@pytest.mark.parametrize(
    "arguments", [["plan"], ["plan", "absent.xlsx"], ["nonsense"], ["plan", "x", "--gap", "2"], ["compare", "a"]]
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    """Proves that scripts can tell a typing error from a bad workbook."""
    assert run(*arguments).exit_code == 2


def test_a_plan_is_told_written_and_named(book: Path) -> None:
    """Proves the main job end to end: the answer on standard output, progress on standard error, a complete folder,
    the next command. By hand: PV of 1 MW costs 300 and saves 4 MWh or 400, so 1,200 - 400 + 300 = 1,100."""
    result = run("plan", book)
    assert result.exit_code == 0, result.output
    assert "USD 1.100 thousand" in result.stdout and "no design in this model costs less" in result.stdout
    assert "PV is an assumption" in result.stdout and "Next: " in result.stdout
    assert "Solving" in result.stderr and "Solving" not in result.stdout
    folder = Path("out/four hours")
    assert {p.name for p in folder.iterdir()} == {*FILES, MANIFEST}
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert plan["objective"] == pytest.approx(1100) and plan["gap"] <= 0.001
    assert [p.name for p in Path("out").iterdir()] == ["four hours"]


def test_json_is_all_there_is_on_standard_output(book: Path) -> None:
    """Proves that machines can read the output whole; a stray hint or note would break them."""
    result = run("plan", book, "--json", "-o", "mine")
    plain = json.loads(result.stdout)
    assert plain["status"] == "optimal" and plain["folder"] == "mine" and plain["audit"]["ok"] is True


def test_quiet_is_quiet(book: Path) -> None:
    """Proves that --quiet leaves the answer and nothing else."""
    result = run("plan", book, "--quiet")
    assert result.exit_code == 0 and result.stderr == "" and "Next:" not in result.stdout


def test_nothing_is_overwritten_unless_forced(book: Path) -> None:
    """Proves numbered siblings, refusal of a taken -o before any solving, and --force."""
    assert run("plan", book).exit_code == 0
    assert run("plan", book).exit_code == 0
    assert Path("out/four hours-2").is_dir()
    refused = run("plan", book, "-o", "out/four hours")
    assert refused.exit_code == 2 and "--force" in refused.stderr and "Solving" not in refused.stderr
    before = (Path("out/four hours") / MANIFEST).stat().st_ino
    assert run("plan", book, "--force").exit_code == 0
    assert (Path("out/four hours") / MANIFEST).stat().st_ino != before
    assert {p.name for p in Path("out").iterdir()} == {"four hours", "four hours-2"}


def test_infeasible_is_exit_code_4_and_names_the_cells(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that an impossible case ends with the limits in force and their cells, called what they are, and no
    folder. Catches: a list of limits headed as if all of them stood in the way."""
    reading(monkeypatch, energy_case(limit_mw=1.0))
    result = run("plan", book)
    assert result.exit_code == 4 and "Sites!H5" in result.stderr and result.stdout == ""
    assert "Limits in force, of which one or several together must give way (`aidc explain" in result.stderr
    assert nothing_written()


def test_stages_without_a_plan_are_not_sent_to_a_command_that_refuses_them(capsys: pytest.CaptureFixture[str]) -> None:
    """Proves: where `aidc explain` does not take the question, neither the list nor what to do next speaks of it.
    Catches: advice that ends in a refusal."""
    for can_explain in (True, False):
        error = Infeasible(["Sites!H5: limit: 1 MW"], can_explain=can_explain)
        report_failure(error, as_json=False, workbook=Path("book.xlsx"))
        said = capsys.readouterr().err
        assert "Sites!H5" in said and ("aidc explain" in said) == can_explain and "book.xlsx" in said


def test_a_target_that_was_told_is_not_listed_again(capsys: pytest.CaptureFixture[str]) -> None:
    """Proves: the limit that the first sentence is about is missing from the list, whose heading says that these are
    the others; sites get both without the heading. Catches: the TokEnergy target twice, once as out of reach and once
    as what might give way."""
    known = (*origins(5.0), Origin("limits.tokenergy_wh_per_ktok", "Project!B28", "0.55", "Wh"))
    limits = limits_in_force(known, ("limits.tokenergy_wh_per_ktok",))
    assert len(limits_in_force(known)) == 2
    error = Infeasible(limits, ("Project!B28: out of reach.",))
    assert report_failure(error, as_json=False) == 4
    told = capsys.readouterr().err
    assert told.count("Project!B28") == 1 and told.index("out of reach") < told.index("Other limits") < told.index("H5")
    assert error.reasons == ("Project!B28: out of reach.", *limits) and "Sites!H5" in limits[0]


def test_stopped_without_a_plan_is_exit_code_6(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that stopping without a plan is told apart from infeasibility."""
    nothing = Proof("limit", float("inf"), float("-inf"), 0.1, "monolithic")
    monkeypatch.setattr(planner.solving, "solve", lambda *_, **__: (None, nothing))
    result = run("plan", book, "--time-limit", "1")
    assert result.exit_code == 6 and "--time-limit" in result.stderr and nothing_written()


SOLVE = planner.solving.solve


def loosely(case: Case, **_: Any) -> Any:
    """The least-cost design, said to be proven to 10 % only: what a search stopped by the clock returns."""
    design, proof = SOLVE(case)
    return design, replace(proof, status="limit", bound_kcur=0.9 * proof.objective_kcur)


def test_stopped_at_a_limit_is_exit_code_5_with_the_plan(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that an unfinished search still gives its plan, with its gap, and says so; also that --json stays one
    document."""
    monkeypatch.setattr(planner.solving, "solve", loosely)
    result = run("plan", book)
    assert result.exit_code == 5 and "stopped at a limit" in result.stdout and "10.000 %" in result.stdout
    assert (Path("out/four hours") / "plan.json").is_file()
    machine = run("plan", book, "--json")
    assert machine.exit_code == 5 and json.loads(machine.stdout)["gap"] == pytest.approx(0.1)


def test_a_plan_that_fails_the_recheck_is_never_shown(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves exit code 7, the check's name, and that nothing is written or printed as a plan."""
    broken = AuditReport(9, 1.0, (Violation("energy balance", "hour 3", 2.0, 1.0, 1.0),))
    monkeypatch.setattr(models.audit, "audit", lambda *_: broken)
    result = run("plan", book)
    assert result.exit_code == 7 and "energy balance: hour 3" in result.stderr and result.stdout == ""
    assert nothing_written()


def test_the_unexpected_is_one_sentence_and_a_file(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that a defect of ours never shows as a traceback, yet can be reported with one."""

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(planner.solving, "solve", broken)
    result = run("plan", book)
    assert result.exit_code == 1 and "Traceback" not in result.output and "boom" in result.stderr
    log = Path(re.findall(r"Details are in (.*)", result.stderr)[0].strip())
    assert "Traceback" in log.read_text(encoding="utf-8")
    log.unlink()
    assert nothing_written()


@pytest.mark.parametrize("orderly", [True, False])
def test_ctrl_c_without_a_plan_is_exit_code_130(book: Path, monkeypatch: pytest.MonkeyPatch, orderly: bool) -> None:
    """Proves that an interruption is told apart from a time limit, whether the solver stops in order (with nothing)
    or the interruption strikes elsewhere; and that no draft stays behind."""

    def interrupted(case: Case, **_: Any) -> Any:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            if not orderly:
                raise
        return None, Proof("limit", float("inf"), float("-inf"), 0.1, "monolithic")

    monkeypatch.setattr(planner.solving, "solve", interrupted)
    before = signal.getsignal(signal.SIGINT)
    assert run("plan", book).exit_code == 130
    assert nothing_written() and signal.getsignal(signal.SIGINT) is before


def test_a_bad_workbook_is_exit_code_3_with_all_findings(tmp_path: Path) -> None:
    """Proves that a file that is no workbook ends in a sentence, as text, as JSON and as a workbook of findings."""
    path = tmp_path / "notes.xlsx"
    path.write_text("not a workbook", encoding="utf-8")
    for command in ("check", "plan"):
        result = run(command, path)
        assert result.exit_code == 3 and "notes.xlsx" in result.stderr and "Traceback" not in result.output
    plain = json.loads(run("check", path, "--json").stdout)
    assert plain["exit_code"] == 3 and plain["details"][0]["cell"] == "notes.xlsx"
    out = tmp_path / "findings.xlsx"
    assert run("check", path, "-o", out).exit_code == 3
    rows = list(openpyxl.load_workbook(out)["Findings"].iter_rows(values_only=True))
    assert rows[3][0] == "Cell" and rows[4][0] == "notes.xlsx"


def test_template_example_and_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that what `template` writes is what `check` reads: the example is sound, the empty form lacks its required
    cells and nothing else is wrong with it; that neither is overwritten unasked; and that the copy with comments keeps
    the drawing of the Guide, which openpyxl alone drops."""
    monkeypatch.chdir(tmp_path)
    names = run("template", "--list", "--quiet").stdout.split()
    assert "quickstart" in names
    assert run("template", "--example", "quickstart").exit_code == 0
    assert run("template", "--example", "quickstart").exit_code == 2
    assert run("template", "--example", "nonsense").exit_code == 2
    sound = run("check", "quickstart.xlsx")
    assert sound.exit_code == 0 and "Next: aidc plan quickstart.xlsx" in sound.stdout
    assert run("template").exit_code == 0
    lacking = run("check", "aidc-template.xlsx", "-o", "copy.xlsx")
    assert lacking.exit_code == 3 and "0 of 12 required cells filled" in lacking.stderr
    assert "aidc check aidc-template.xlsx" in lacking.stderr  # the next step
    assert b"<drawing " in archive.open_archive(Path("copy.xlsx")).xml("Guide")
    plain = json.loads(run("check", "aidc-template.xlsx", "--json").stdout)
    assert (plain["required_filled"], plain["required_total"]) == (0, 12)


@pytest.mark.parametrize(("filled", "is_told"), [(1, True), (7, False)])
def test_a_row_not_begun_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filled: int, *, is_told: bool
) -> None:
    """Proves that a form of procurement without any offer of its own, which is sound, says what its blank cells mean.
    Catches: "no problems. 1 of 7 required cells filled" and no word more; the word where all are filled."""
    book = tmp_path / "book.xlsx"
    xlsxwriter.Workbook(book).close()
    found = SimpleNamespace(warnings=(), scenarios=(), required_filled=filled, required_total=7)
    monkeypatch.setattr("planner.workbook.read_workbook", lambda path: None)
    monkeypatch.setattr("planner.validate.validate_sites", lambda raw: (found,))
    said = run("check", book).stdout
    assert f"{filled} of 7 required cells filled" in said and ("not begun" in said) is is_told


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_each_command_names_the_next(name: str) -> None:
    """Proves that every command ends in a hint, its own or that of the function that tells a front of plans. Catches: a
    new command that leaves its user without a next step."""
    source = inspect.getsource(inspect.getmodule(cli.commands[name].callback))  # type: ignore[arg-type]
    assert re.search(r"^ +(hint|tell)\(", source, flags=re.MULTILINE)


def test_check_writes_a_copy_with_comments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that every finding becomes a comment on its cell of a copy and a row of a list with a link; that texts of
    the workbook stay texts there; that the workbook itself keeps every byte, and no file is replaced unasked."""
    monkeypatch.chdir(tmp_path)
    assert run("template", "-o", "mine.xlsx").exit_code == 0
    mine = openpyxl.load_workbook("mine.xlsx")
    mine["Project"]["B14"] = "fifteen"
    mine["Sites"]["A6"].value, mine["Sites"]["A6"].data_type = '=HYPERLINK("http://bad.example")', "s"
    mine["Workloads"]["C6"].value, mine["Workloads"]["C6"].data_type = "=1+1", "s"
    mine.save("mine.xlsx")
    before = Path("mine.xlsx").read_bytes()
    assert run("check", "mine.xlsx", "-o", "mine.xlsx").exit_code == 2
    assert run("check", "mine.xlsx", "-o", "copy.xlsx").exit_code == 3
    assert run("check", "mine.xlsx", "-o", "copy.xlsx").exit_code == 2
    assert run("check", "mine.xlsx", "-o", "copy.xlsx", "--force").exit_code == 3
    assert Path("mine.xlsx").read_bytes() == before
    copy = openpyxl.load_workbook("copy.xlsx")
    assert copy.sheetnames[:2] == ["Findings", "Guide"]
    assert "found text 'fifteen'" in copy["Project"]["B14"].comment.text
    assert "found a blank cell" in copy["Project"]["B6"].comment.text
    assert copy["Project"]["B24"].comment is None
    rows = {row[0].value: row for row in copy["Findings"].iter_rows(min_row=5)}
    assert len(rows) == len(json.loads(run("check", "mine.xlsx", "--json").stdout)["details"])
    assert rows["Project!B14"][0].hyperlink.location == "'Project'!B14"
    for cell in (copy["Sites"]["A6"], copy["Workloads"]["C6"], *(c for row in rows.values() for c in row if c.value)):
        assert cell.data_type == "s"


def test_a_copy_keeps_text_boxes(tmp_path: Path) -> None:
    """Proves that a text box is tied as the standard asks, on a sheet that also has a table and a finding: by a content
    type, a relation and a tag in its place, without which Excel calls the copy damaged; that a chart, which openpyxl
    copies itself, is not tied twice."""
    path, copy = tmp_path / "mine.xlsx", tmp_path / "copy.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page, other = book.add_worksheet("Mine"), book.add_worksheet("Other")
        page.insert_textbox("D2", "look here")
        page.add_table("A1:B3")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Mine!$A$2:$A$3"})
        other.insert_chart("A1", chart)
    write_findings([Finding("Mine!A2", message="wrong")], path, copy)
    made = archive.open_archive(copy)
    tags = re.findall(rb"<(drawing|legacyDrawing|tableParts)\b", made.xml("Mine"))
    assert tags == [b"drawing", b"legacyDrawing", b"tableParts"]
    relations = made.zip.read(made.parts["Mine"].replace("worksheets/", "worksheets/_rels/") + ".rels").decode()
    kept = re.search(r'/drawing" Target="/(xl/drawings/\w+\.xml)"', relations)
    assert kept and b"look here" in made.zip.read(kept[1])
    assert f'PartName="/{kept[1]}"' in made.zip.read("[Content_Types].xml").decode()
    assert made.xml("Other").count(b"<drawing ") == 1
    assert openpyxl.load_workbook(copy)["Mine"]["A2"].comment.text == "wrong"


def test_report_audit_and_compare_work_from_a_folder(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves the commands that need no solver; compare's interval is by hand: at half the price PV no longer pays, so
    600 against 1,100."""
    assert run("plan", book, "-o", "a").exit_code == 0
    reading(monkeypatch, energy_case(price=0.05))
    assert run("plan", book, "-o", "b").exit_code == 0
    assert run("report", "a").exit_code == 0
    audited = run("audit", "a")
    assert audited.exit_code == 0 and "as they were written" in audited.stdout
    compared = run("compare", "a", "b")
    assert compared.exit_code == 0 and "The first plan costs more" in compared.stdout
    plain = json.loads(run("compare", "a", "b", "--json").stdout)
    assert plain["most_kcur"] == pytest.approx(-0.5, abs=1e-3) and plain["distinguishable"] is True
    assert "tie" in run("compare", "a", "a").stdout
    with (Path("a") / "plan.json").open("a", encoding="utf-8") as stream:
        stream.write(" ")
    altered = run("audit", "a", "--json")
    assert altered.exit_code == 7 and "plan.json" in json.loads(altered.stdout)["problems"][0]
    assert run("report", "a").exit_code == 7


def test_a_folder_of_something_else_is_bad_input(tmp_path: Path) -> None:
    """Proves that the commands on result folders refuse others in a sentence."""
    for arguments in (["audit", tmp_path], ["report", tmp_path], ["compare", tmp_path, tmp_path]):
        result = run(*arguments)
        assert result.exit_code == 3 and "is not a result folder" in result.stderr


def test_the_doctor_finds_this_installation_sound() -> None:
    """Proves the self-test, known answers of the solver included."""
    result = run("doctor", "--json")
    assert result.exit_code == 0, result.output
    assert {e["name"] for e in json.loads(result.stdout)["examinations"]} >= {"solver on known answers", "versions"}


def test_the_doctor_notices_a_wrong_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that the known answers can fail: with a wrong answer the installation is not called sound."""
    monkeypatch.setattr("planner.doctor._least_cost", lambda known: known.least_cost + 1)
    result = run("doctor")
    assert result.exit_code == 1 and "FAILED  solver on known answers" in result.stdout


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_lives_on_a_terminal_and_is_sparse_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves bound, incumbent and gap on the live line, no colour codes under NO_COLOR, and no flood in logs."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    terminal, log = _Terminal(), io.StringIO()
    for stream in (terminal, log):
        with Progress(stream=stream) as progress:
            progress.step("Solving")
            for second in range(1000):
                progress.solver(float(second), 2000.0, 1990.0, 0.005)
    assert log.getvalue() == "Solving ...\n"
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", terminal.getvalue())
    assert "best plan 2,000 k, bound 1,990 k, gap 0.500%" in terminal.getvalue()


def test_the_module_runs_and_loads_nothing_heavy_for_help() -> None:
    """Proves `python -m planner`, and that help loads no large library (what makes it instant)."""
    code = (
        "import sys; from planner.cli import cli; cli(['--help'], standalone_mode=False); "
        "print([m for m in ('numpy', 'pandas', 'pyomo', 'highspy', 'openpyxl', 'altair', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
    version = subprocess.run(
        [sys.executable, "-m", "planner", "-V"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert version.stdout.startswith("aidc, version ")
