"""The open sites of a portfolio as result folders, each complete: `aidc report`, `aidc compare` and `aidc audit` take
them like those of `aidc plan`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.design import Answer
from models.portfolio import PortfolioAnswer
from planner.errors import AuditFailed
from planner.folder import MANIFEST, complete_or_absent
from planner.results import RunRecord, fingerprint, write_results

if TYPE_CHECKING:
    from planner.validate import ValidatedCase

_FOLDER = re.compile(r"portfolio-\d\d-.*")


def is_site_folder(name: str) -> bool:
    """Whether a folder of this name holds a site of a portfolio."""
    return _FOLDER.fullmatch(name) is not None


def site_folders(answer: PortfolioAnswer) -> tuple[str, ...]:
    """Names of the open sites' folders, in order."""
    names = (answer.portfolio.candidates[s.candidate].site for s in answer.plan.sites)
    slugs = (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] for name in names)
    return tuple(f"portfolio-{number:02d}-{slug}" for number, slug in enumerate(slugs, start=1))


def write_sites(
    answer: PortfolioAnswer, judged: Sequence[ValidatedCase], folder: Path, options: dict[str, Any]
) -> None:
    """Write one folder per open site; those of an earlier portfolio go. Raises AuditFailed if one does not pass the
    recheck by itself."""
    for old in folder.iterdir():
        if is_site_folder(old.name) and (old / MANIFEST).is_file():
            shutil.rmtree(old)
    by_name = {v.case.site.name: v for v in judged}
    for number, name in enumerate(site_folders(answer)):
        site = answer.portfolio.candidates[answer.plan.sites[number].candidate].site
        validated = by_name[site]
        inputs = tuple(fingerprint(path) for path in validated.files)
        with complete_or_absent(folder / name, force=True) as draft:
            write_results(_alone(answer, number, validated), draft, RunRecord(inputs, {**options, "portfolio": True}))


def _alone(answer: PortfolioAnswer, number: int, validated: ValidatedCase) -> Answer:
    """The plan of one open site, rechecked against its own case."""
    from models.accounts import account
    from models.audit import audit
    from models.portfolio_sites import site_case, site_proof

    case = site_case(answer.portfolio, answer.plan, answer.accounts, number)
    design, proof = answer.plan.sites[number].design, site_proof(answer.accounts, answer.proof, number)
    accounts = account(case, design)
    report = audit(case, design, accounts, proof)
    if not report.ok:
        raise AuditFailed(report.violations)
    seconds = dict.fromkeys(("read", "audit", "report"), 0.0)
    seconds |= {"build": proof.build_seconds, "solve": proof.seconds - proof.build_seconds}
    return Answer(case, design, accounts, proof, report, tuple(validated.origins), seconds)
