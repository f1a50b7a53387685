"""One stage of a plan of growth as an answer of its own, for everything that is said of one operating year."""

from __future__ import annotations

from dataclasses import replace

from models.design import Answer
from models.provenance import Origin
from models.stages import GrowthAnswer

_CARRIES_ON = {"grid_limit_mw": "grid.import_limit_mw", "energised_month": "grid.energised_month"}
"""Column of sheet Stages -> the limit of the case that it states, for this stage and those after it."""
_OWN = {"tokenergy_target": "limits.tokenergy_wh_per_ktok"}
"""The same for what holds in its own stage alone."""


def path_in(stage: str, path: str = "") -> str:
    """Path in a plan of growth of a value of a stage's case."""
    return f"stages[{stage}].case.{path}"


def stage_answer(answer: GrowthAnswer, k: int) -> Answer:
    """Stage k as the answer of its case: costs are its yearly lines, the proof is that of the whole plan."""
    stage = answer.growth.stages[k]
    own, stated = path_in(stage.name), _stated(answer, k)
    return Answer(
        stage.case,
        answer.plan.stages[k],
        answer.accounts.stages[k],
        answer.proof,
        answer.audit,
        (*(o for o in answer.origins if o.path not in stated), *stated.values()),
        marginals=tuple(replace(m, path=m.path.removeprefix(own)) for m in answer.marginals if m.path.startswith(own)),
        lookahead=answer.lookahead[k] if answer.lookahead else None,
    )


def _stated(answer: GrowthAnswer, k: int) -> dict[str, Origin]:
    """Limits of the stage's case that sheet Stages states, with their cells; the last that holds counts."""
    given = {o.path: o for o in answer.origins if o.kind == "given"}
    stages = answer.growth.stages
    wanted = [(s, column, path) for s in stages[: k + 1] for column, path in _CARRIES_ON.items()]
    wanted += [(stages[k], column, path) for column, path in _OWN.items()]
    found = ((path, given.get(f"stages[{s.name}].{column}")) for s, column, path in wanted)
    return {path: replace(origin, path=path) for path, origin in found if origin is not None}
