"""Result folders on disk: their names, and the rule that a folder is complete or absent."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from planner.errors import PlannerError

MANIFEST = "manifest.json"
"""Written last: a folder that has it is complete."""


class OutputExists(PlannerError):
    """The place to write to is taken; nothing is overwritten unasked. A matter of usage."""

    exit_code = 2


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def default_folder(workbook: Path, *, force: bool) -> Path:
    """`out/<workbook name>/`; a numbered sibling (`-2`, `-3`, ...) if that exists and may not be replaced."""
    wanted = Path("out") / workbook.stem
    return wanted if force else _free(wanted)


def _free(wanted: Path) -> Path:
    candidate, number = wanted, 1
    while candidate.exists():
        number += 1
        candidate = wanted.with_name(f"{wanted.name}-{number}")
    return candidate


def check_replaceable(target: Path, *, force: bool) -> None:
    """Raise OutputExists unless `target` is absent, an empty folder, or, with `force`, an earlier result folder."""
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if not force:
        raise OutputExists(f"{target} exists already. Choose another place with -o, or add --force to replace it.")
    if not (target / MANIFEST).is_file():
        raise OutputExists(
            f"{target} is not a result folder, so --force does not replace it. Choose another place with -o."
        )


@contextmanager
def complete_or_absent(target: Path, *, force: bool = False) -> Iterator[Path]:
    """A new folder beside `target` to write into; it takes the name `target` when the block ends well, and vanishes
    when it does not.

    Raises OutputExists at the start if the name is taken. If it cannot be had at the end (another run took it, a file
    in it is open in another program), what was written is not lost: it takes a numbered name beside it, and
    OutputExists says which."""
    check_replaceable(target, force=force)
    target = target.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    mark = uuid.uuid4().hex[:8]
    draft = target.with_name(f".{target.name}.{mark}.partial")
    draft.mkdir()
    try:
        yield draft
        try:
            check_replaceable(target, force=force)
            _take_name(draft, target, target.with_name(f".{target.name}.{mark}.replaced"))
        except (OSError, OutputExists) as error:
            beside = _free(target)
            draft.rename(beside)
            why = "was written by another run meanwhile" if isinstance(error, OutputExists) else "cannot be replaced"
            open_file = "" if isinstance(error, OutputExists) else " (is a file in it open in another program?)"
            raise OutputExists(f"{target} {why}{open_file}. The result is complete in {beside}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _take_name(draft: Path, target: Path, aside: Path) -> None:
    if not target.exists():
        draft.rename(target)
        return
    target.rename(aside)
    try:
        draft.rename(target)
    except OSError:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def file_complete_or_absent(path: Path) -> Iterator[Path]:
    """A name beside `path` to write a file to; it takes the name `path` when the block ends well, and vanishes when it
    does not. The folder is made if it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.stem}.{uuid.uuid4().hex[:8]}.partial{path.suffix}")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def replace_files(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files into a folder that stays: all of them are written beside their names before any takes its name.

    Raises OSError with the folder as it was; OutputExists if a file cannot be replaced, for it is open elsewhere."""
    mark = uuid.uuid4().hex[:8]
    drafts = {name: folder / f".{name}.{mark}.partial" for name in contents}
    try:
        for name, draft in drafts.items():
            draft.write_bytes(contents[name])
        for name, draft in drafts.items():
            try:
                draft.replace(folder / name)
            except PermissionError as error:
                raise OutputExists(f"{folder / name} is open in another program. Close it and run again.") from error
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
