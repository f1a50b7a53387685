"""The long run: `python tests/fuzz/run.py --count 10000 --seed 1`.

Mutants are shared out over worker processes; each writes one line per mutant to a log (`--log`), so that a run can be
read while it goes on. A worker that says nothing for ten minutes is ended and counts as a hang. Ends with the figures
and every fault; exit code 1 if there is any, or if a share is missed. One mutant again: `--only NUMBER --seed N`."""

from __future__ import annotations

import argparse
import collections
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

MOST_SILENT = 600
PLANS, NAMED = 0.30, 0.95
"""least share of mutants that reach a plan; least share of refusals after a change of one cell that name that cell"""


from judge import Verdict, judge  # noqa: E402
from mutants import make  # noqa: E402


def one(seed: int, number: int, folder: Path, render_every: int) -> dict[str, Any]:
    """Make and judge a mutant; every so many, also write its documents."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mutant = make(seed, number, folder)
    verdict = judge(mutant.path, mutant.form, render=render_every > 0 and number % render_every == 0)
    named = names(mutant.cell, verdict) if mutant.cell and verdict.ending == "refused" else None
    return {"number": number, "kind": mutant.kind, "what": mutant.what, "named": named, **verdict.as_dict()}


def names(cell: str, verdict: Verdict) -> bool:
    """Whether a refusal names a cell by its address, as the place of a finding or in its words."""
    return cell in verdict.cells or any(re.search(rf"{re.escape(cell)}\b", words) for words in verdict.words)


def worker(arguments: argparse.Namespace) -> None:
    """Judge every n-th mutant, a line each on standard output."""
    folder = Path(tempfile.mkdtemp(prefix="mutants-"))
    try:
        for number in range(arguments.first + arguments.worker, arguments.first + arguments.count, arguments.jobs):
            print(json.dumps(one(arguments.seed, number, folder / "one", arguments.render_every)), flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def figures(lines: list[dict[str, Any]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The run in figures, and the mutants that ended in a fault."""
    endings = collections.Counter(line["ending"] for line in lines)
    faults = [line for line in lines if line["fault"]]
    named = [line["named"] for line in lines if line["named"] is not None]
    return {
        "mutants": len(lines),
        "plans_pct": round(100 * endings["plan"] / max(len(lines), 1), 1),
        "single_cell_refusals": len(named),
        "named_pct": round(100 * sum(named) / max(len(named), 1), 1),
        "faults": len(faults),
        "endings": dict(endings.most_common()),
        "kinds": dict(collections.Counter(line["kind"] for line in lines).most_common()),
    }, faults


def _watched(arguments: argparse.Namespace, log: Path) -> list[dict[str, Any]]:
    """Run the workers; a silent one is ended and its mutant counts as a hang."""
    parts = [log.with_suffix(f".{n}") for n in range(arguments.jobs)]
    own = [a for a in sys.argv[1:]]
    running = []
    for n, part in enumerate(parts):
        with part.open("w", encoding="utf-8") as stream:
            command = [sys.executable, __file__, *own, "--worker", str(n)]
            running.append(subprocess.Popen(command, stdout=stream, cwd=ROOT))
    silent = []
    while any(p.poll() is None for p in running):
        time.sleep(2)
        for process, part in zip(running, parts, strict=True):
            if process.poll() is None and time.time() - part.stat().st_mtime > MOST_SILENT:
                process.kill()
                silent.append(part)
    told = [line for part in parts for line in part.read_text(encoding="utf-8").split("\n")]
    lines = [json.loads(line) for line in told if line.startswith("{")]
    for process, part in zip(running, parts, strict=True):
        if process.returncode:
            why = "silent for ten minutes" if part in silent else f"the process ended with {process.returncode}"
            lines.append({"number": None, "kind": "", "what": f"after the last line of {part}", "named": None,
                          "ending": "Died", "words": [], "fault": why, "cells": []})  # fmt: skip
    log.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return lines


def main() -> int:
    """Parse, run, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--render-every", type=int, default=40, help="documents of every n-th; 0: none")
    parser.add_argument("--log", type=Path, default=Path(tempfile.gettempdir()) / "fuzz.jsonl")
    parser.add_argument("--only", type=int, help="judge this one mutant, and keep its files beside the log")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only is not None:
        told = one(arguments.seed, arguments.only, arguments.log.with_suffix(".mutant"), 1)
        print(told.pop("fault"), json.dumps(told, indent=1, ensure_ascii=False))
        return 0
    if arguments.worker is not None:
        worker(arguments)
        return 0
    lines = _watched(arguments, arguments.log)
    told, faults = figures(lines)
    for fault in faults:
        print(f"{fault['number']}: {fault['what']}: {fault['ending']}: {fault['fault'].strip().splitlines()[-1]}")
    print(json.dumps(told, indent=1))
    return int(bool(faults) or told["plans_pct"] < 100 * PLANS or told["named_pct"] < 100 * NAMED)


if __name__ == "__main__":
    sys.exit(main())
