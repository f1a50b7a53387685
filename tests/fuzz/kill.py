"""`python tests/fuzz/kill.py --runs 100`: `aidc plan` killed at random moments; its folder is complete or absent.

Half of the runs write into an empty place, half over an earlier result (`--force`), which must then stand untouched or
be replaced whole. Killed means SIGKILL: the program gets no chance to tidy up. Ends with how many runs came how far;
exit code 1 if any folder is neither complete nor absent."""

from __future__ import annotations

import argparse
import collections
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]


def main() -> int:
    """Time one whole run, then kill the others somewhere within it."""
    from mutants import unchanged

    from planner.results import check_folder, read_results

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    place = Path(tempfile.mkdtemp(prefix="kill-"))
    found: collections.Counter[str] = collections.Counter()
    try:
        book, target = unchanged(place), place / "out" / "plan"
        command = [sys.executable, "-m", "planner", "plan", str(book), "--quiet", "--force", "-o", str(target)]
        began = time.monotonic()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        whole = time.monotonic() - began
        for number in range(arguments.runs):
            if number and not number % 10:
                print(f"{number} of {arguments.runs}: {dict(found)}", flush=True)
            if number % 2:
                shutil.rmtree(target.parent, ignore_errors=True)
            before = target.exists()
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # most moments lie in the second half, where files are written
            time.sleep(whole * (rng.random() if number % 3 else rng.uniform(0.6, 1.05)))
            process.kill()
            process.wait()
            if not target.exists():
                found["absent" if not before else "BROKEN: the earlier result is gone"] += 1
            elif not check_folder(target).ok:
                found["BROKEN: a folder that is not complete"] += 1
            else:
                read_results(target)
                found["complete, the earlier one or its successor" if before else "complete"] += 1
    finally:
        shutil.rmtree(place, ignore_errors=True)
    for words, count in found.most_common():
        print(f"{count:5d}  {words}")
    return int(any(words.startswith("BROKEN") for words in found))


if __name__ == "__main__":
    sys.exit(main())
