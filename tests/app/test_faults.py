"""What goes wrong around the program: disks, locks, kills, races, the solver, locale. Folders stay complete or
absent, work is not lost, and every message is a sentence. Long run of kills: `python tests/fuzz/kill.py`."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import highspy
import pytest
from click.testing import CliRunner, Result

from planner.cli import cli
from planner.folder import OutputExists, complete_or_absent, replace_files
from planner.results import CASE, FILES, OPERATION, PLAN, RENDERED, check_folder

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
        (OSError(errno.EROFS, "Read-only file system", "plan.json"), "can only be read"),
        (PermissionError(errno.EACCES, "Permission denied", "plan.xlsx"), "plan.xlsx was refused"),
        (MemoryError(), "memory of this machine"),
    ],
)
def test_a_disk_or_memory_that_fails(small: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str) -> None:
    """Proves that a write that fails at the last file ends in one sentence that says so, and leaves no folder and no
    draft behind; even if no log can be written either."""

    def fails(*_: Any, **__: Any) -> None:
        raise error

    book = small.write()
    monkeypatch.setattr("planner.results._write_manifest", fails)
    monkeypatch.setattr("reports.page.render_page", lambda *_: "")
    monkeypatch.setattr("reports.workbook.write_plan_workbook", lambda answer, path, names: path.touch())
    monkeypatch.setattr("tempfile.NamedTemporaryFile", fails)
    result = run("plan", book, "-o", small.folder / "out" / "plan")
    assert result.exit_code == 1 and words in result.stderr and "Traceback" not in result.output
    assert list((small.folder / "out").iterdir()) == []


def test_a_fault_in_a_document_does_not_cost_the_plan(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that an error of the program while the page is written keeps what was solved: no half a document, a
    recheck that only misses the documents, and `aidc report` writes them. Mutants: the folder vanishes; a manifest that
    still lists the documents."""
    book, out = small.write(), small.folder / "plan"

    def fails(*_: Any) -> str:
        raise KeyError("a subject without a name")

    with monkeypatch.context() as patched:
        patched.setattr("reports.page.render_page", fails)
        result = run("plan", book, "-o", out)
    assert result.exit_code == 1 and "Traceback" not in result.output
    assert "a subject without a name" in result.stderr and f"kept in {out}" in result.stderr
    assert f"aidc report {out}" in result.stderr
    assert sorted(p.name for p in out.iterdir()) == sorted({*FILES, "manifest.json"} - {*RENDERED})
    assert check_folder(out).problems == tuple(
        f"{name}: it has not been written; `aidc report {out}` writes it" for name in RENDERED
    )
    assert run("report", out).exit_code == 0 and check_folder(out).ok
    page = (out / "report.html").read_text(encoding="utf-8")  # as a user calls it, not as the model does
    assert "grid_limit_mw: largest demand" in page and ">grid.import_limit_mw<" not in page


@pytest.mark.parametrize("command", [("template", "-o"), ("check", "bad.xlsx", "-o"), ("offers", "bad.xlsx", "--form")])
def test_a_single_file_is_complete_or_as_it_was(
    small: Any, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """Proves that a disk that fills up while one file is written is told, and leaves the file that stood there, and no
    draft. Writing in place would leave half a workbook under its name."""
    small.project["tax_pct"] = "much"
    monkeypatch.chdir(small.folder)
    small.write("bad.xlsx")
    stood = small.folder / "mine.xlsx"
    stood.write_bytes(b"stood here")

    def full(self: Path, *_: Any, **__: Any) -> None:
        self.open("wb").close()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr("openpyxl.Workbook.save", lambda book, path: full(path))
    result = run(*command, "mine.xlsx", "--force")
    assert result.exit_code == 1 and "The disk is full" in result.stderr, result.output
    assert stood.read_text(encoding="utf-8") == "stood here"
    assert sorted(p.name for p in small.folder.iterdir()) == ["bad.xlsx", "mine.xlsx"]


def test_a_folder_that_may_not_be_written_is_told_before_solving(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that the output folder is tried before the solver runs: minutes of work would be lost otherwise."""
    book = small.write()

    def refused(self: Path, *_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refused)
    monkeypatch.setattr("planner.studies.plan.plan_case", lambda *_, **__: pytest.fail("solved first"))
    result = run("plan", book, "-o", small.folder / "locked")
    assert result.exit_code == 1 and "was refused" in result.stderr


def test_a_file_open_in_excel_does_not_cost_the_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that a folder that cannot be replaced (on Windows: a file in it is open) keeps its content, and that the
    new result stands complete beside it and is named."""
    target = tmp_path / "plan"
    with complete_or_absent(target) as draft:
        (draft / "manifest.json").write_text("old", encoding="utf-8")
    rename = Path.rename

    def locked(self: Path, to: Path) -> Path:
        if self == target:
            raise PermissionError(errno.EACCES, "in use", str(self))
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", locked)
    with pytest.raises(OutputExists, match="complete in .*plan-2"), complete_or_absent(target, force=True) as draft:
        (draft / "manifest.json").write_text("new", encoding="utf-8")
    assert (target / "manifest.json").read_text(encoding="utf-8") == "old"
    assert (tmp_path / "plan-2" / "manifest.json").read_text(encoding="utf-8") == "new"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plan", "plan-2"]


def test_a_document_open_in_word_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that of a study's documents the one that is open in another program (on Windows it cannot be replaced) is
    named, keeps its content, and leaves no draft beside it."""
    (tmp_path / "siting.docx").write_bytes(b"open")
    replace = Path.replace

    def locked(self: Path, to: Path) -> Path:
        if to.suffix == ".docx":
            raise PermissionError(errno.EACCES, "in use", str(to))
        return replace(self, to)

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(OutputExists, match="siting.docx is open in another program"):
        replace_files(tmp_path, {"sites.json": b"new", "siting.docx": b"new"})
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"sites.json": b"new", "siting.docx": b"open"}


@pytest.mark.parametrize("force", [False, True])
def test_two_runs_into_one_folder(tmp_path: Path, force: bool) -> None:
    """Proves that of two runs at once neither mixes its files with the other's nor is lost: without --force the second
    to end takes the next name, with it the name itself."""
    target = tmp_path / "plan"

    def slow() -> None:
        with complete_or_absent(target, force=force) as draft:
            (draft / "manifest.json").write_text("slow", encoding="utf-8")
            with complete_or_absent(target, force=force) as other:
                (other / "manifest.json").write_text("fast", encoding="utf-8")
            assert [p.name for p in target.iterdir()] == ["manifest.json"]

    if force:
        slow()
    else:
        with pytest.raises(OutputExists, match="another run meanwhile"):
            slow()
    names = {p.name: (p / "manifest.json").read_text(encoding="utf-8") for p in tmp_path.iterdir()}
    assert names == ({"plan": "slow"} if force else {"plan": "fast", "plan-2": "slow"})


def _write_until(target: Path, last: int) -> None:
    """Write nine files and a manifest, and die at step `last`."""
    step = iter(range(100))

    def tick() -> None:
        if next(step) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    with complete_or_absent(target, force=True) as draft:
        for n in range(9):
            tick()
            (draft / f"{n}").write_text("x" * 1000, encoding="utf-8")
        (draft / "manifest.json").touch()
        tick()
    tick()
    os._exit(0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_killed_at_random_moments(tmp_path: Path) -> None:
    """Proves that a folder is complete or absent whenever the program is killed: 60 processes write nine files each and
    kill themselves after some step, before or after the folder takes its name. Writing in place would fail this."""
    chance = random.Random(3)
    target = tmp_path / "plan"
    seen = set()
    for _ in range(60):
        last = chance.randrange(14)
        pid = os.fork()
        if not pid:  # the child; it never returns into the test
            _write_until(target, last)
        os.waitpid(pid, 0)
        if target.exists():
            assert len(list(target.iterdir())) == 10 and all((target / f"{n}").stat().st_size == 1000 for n in range(9))
        seen.add(target.exists())
    assert seen == {True, False}


def test_a_solver_that_breaks(small: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Proves that an exception inside the solver's thread ends the command in a sentence and not as a traceback on the
    screen with a wrong verdict after it; and that a solver that returns without an answer proves nothing (exit code 6,
    not 4)."""

    def broken(self: highspy.Highs) -> None:
        raise RuntimeError("segment lost")

    book, out = small.write(), small.folder / "plan"
    monkeypatch.setattr(highspy.Highs, "run", broken)
    result = run("plan", book, "-o", out)
    assert result.exit_code == 1 and "segment lost" in result.stderr and not out.exists()
    assert "Traceback" not in capfd.readouterr().err
    monkeypatch.setattr(highspy.Highs, "run", lambda self: highspy.HighsStatus.kError)
    assert run("plan", book, "-o", out).exit_code == 6 and not out.exists()


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory, small_workbook: Any) -> tuple[Path, Path]:
    """The same workbook planned by two processes: one as usual, one with another hash seed, locale, time zone, an ASCII
    terminal, and blanks and letters of many scripts in its paths."""
    base = tmp_path_factory.mktemp("twice")
    folders = base / "plain", base / "with blanks, 서울 Zürich ☂" / "план"
    tongues = (
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "C", "TZ": "Asia/Kathmandu", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    for folder, tongue in zip(folders, tongues, strict=True):
        folder.mkdir(parents=True)
        book = small_workbook(folder).write("my case.xlsx")
        if folder != folders[0]:
            book.write_bytes((folders[0] / "my case.xlsx").read_bytes())
        command = [sys.executable, "-m", "planner", "plan", str(book), "--seed", "5", "-o", str(folder / "my plan")]
        environment = {**os.environ, **tongue, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=600)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
    return folders[0] / "my plan", folders[1] / "my plan"


def without_times(folder: Path) -> dict[str, Any]:
    """plan.json without the seconds that things took."""
    plan = json.loads((folder / PLAN).read_text(encoding="utf-8"))

    def timeless(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: timeless(v) for k, v in value.items() if not (k == "seconds" or k.endswith("_seconds"))}
        return [timeless(v) for v in value] if isinstance(value, list) else value

    assert "seconds" in plan
    return dict(timeless(plan))


def test_the_same_input_gives_the_same_plan(twice: tuple[Path, Path]) -> None:
    """Proves that plan.json is the same apart from times, and the case and every hour to the last byte, whatever the
    hash seed, locale, time zone, terminal and path. Iterating over a set of names would fail this."""
    one, other = twice
    assert without_times(one) == without_times(other)
    for name in (CASE, OPERATION):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    assert {p.name for p in other.iterdir()} >= set(FILES) and check_folder(other).ok


def test_the_manifest_suffices_to_repeat_a_plan(twice: tuple[Path, Path], tmp_path: Path) -> None:
    """Proves that what a manifest records is all that a plan depends on: the inputs, found by their digest among other
    files, and the options, given to a new run, yield the same plan.json; versions and platform are there to compare."""
    import hashlib

    one = twice[0]
    manifest = json.loads((one / "manifest.json").read_text(encoding="utf-8"))
    files = {hashlib.sha256(p.read_bytes()).hexdigest(): p for p in one.parent.iterdir() if p.is_file()}
    (book,) = [files[entry["sha256"]] for entry in manifest["inputs"]]
    options: list[str] = []
    for name, value in manifest["options"].items():
        flag = f"--{name.replace('_', '-')}"
        options += [flag] if value is True else [] if value in (None, False) else [flag, str(value)]
    result = run("plan", book, "-o", tmp_path / "again", *options)
    assert result.exit_code == 0, result.output
    assert without_times(tmp_path / "again") == without_times(one)
    assert {"python", "highspy", "aidc-planner"} <= set(manifest["versions"]) and manifest["platform"]
