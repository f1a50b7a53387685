"""The tables of features on the validation page name tests and rules that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "reports" / "site" / "validation.md").read_text(encoding="utf-8")


def test_each_feature_names_its_test_and_its_rule() -> None:
    """Proves that every test named on the page is there, and that the table's rules are those of the recheck (but for
    rows of data and documents, which no rule can hold). Catches: a test or rule renamed or deleted, an empty cell."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) > 45
    for file, test in named:
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), (file, test)
    section = PAGE.split("## Features of bills and cooling")[1].split("\n## ")[0]
    rules = [cells[3].strip() for line in section.splitlines() if len(cells := line.split("|")) == 5]
    rules = [rule for rule in rules if rule not in ("---", "rule of the recheck")]
    audit = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "models" / "audit").glob("*.py"))
    unknown = {rule for rule in rules if f'"{rule}"' not in audit}
    assert len(rules) > 40 and all(rule.startswith(("no rule: ", "every rule")) for rule in unknown), unknown


def test_every_binary_stands_in_the_table() -> None:
    """Proves that each binary or whole-number variable of the model has its row, with its bound and its test. Catches:
    a new one without a stated bound, a row of one that is gone."""
    section = PAGE.split("## Binaries and whole numbers")[1].split("\n## ")[0]
    stated = re.findall(r"^\| `([\w{}]+)`", section, flags=re.MULTILINE)
    made = set()
    for path in (ROOT / "models").glob("*.py"):
        made |= {(n, "") for n in re.findall(r"block\.(\w+)\[\w+\]\.domain = pyo\.", path.read_text(encoding="utf-8"))}
        for call in re.findall(r"\bvariable\((.*?)\n? *\)\n", path.read_text(encoding="utf-8"), flags=re.DOTALL):
            if re.search(r"domain=pyo\.(Binary|NonNegativeIntegers)", call):
                made.add(re.findall(r'f?"([\w{}]+)"|\w+, (name),', call)[0])
    assert {quoted or plain for quoted, plain in made} == set(stated)
    assert len(stated) == len(set(stated))
