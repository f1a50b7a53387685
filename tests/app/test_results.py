"""Result folders: exact round trip, complete or absent, and edits that must be found."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.accounts import account
from models.audit import audit
from models.case import (
    AssetTerms,
    Battery,
    Calendar,
    Case,
    Cooling,
    CoolingCurve,
    DemandCharge,
    Electrical,
    Grid,
    Money,
    Offer,
    OperatingPoint,
    PriceBreak,
    Rack,
    Site,
    Supply,
    Workload,
)
from models.design import Answer, Proof
from models.provenance import Origin
from planner.codec import decode, encode, to_json
from planner.folder import MANIFEST, OutputExists, complete_or_absent, default_folder
from planner.plan_json import KPI_KEYS, gap_of, public_view
from planner.results import (
    FILES,
    AlteredFolder,
    BadFolder,
    RunRecord,
    check_folder,
    fingerprint,
    read_results,
    render_again,
    write_results,
)
from planner.solving import solve
from planner.study_manifest import unaltered


def two_day_case() -> Case:
    """One day in two billing months: racks, hall, battery, PV; names with commas and accents, to be awkward."""
    h = np.arange(24.0)
    terms = AssetTerms(life_years=15, om_share=0.02)
    return Case(
        name="Zwei Hallen, süd",
        currency="EUR",
        calendar=Calendar(month_of_step=(0,) * 12 + (1,) * 12),
        money=Money(analysis_years=10, discount_rate=0.08),
        site=Site("Seoul, south", 10 + h / 2, 8 + h / 3, 50 + 0 * h, house_load_mw=0.1),
        grid=Grid(
            import_price_kcur_per_mwh=0.08 + 0.04 * (h > 12),
            carbon_t_per_mwh=0.4 + 0 * h,
            import_limit_mw=20.0,
            demand_charges=(DemandCharge("peak, all hours", (5.0,) * 12, 1.0 + 0 * h),),
            contract_kcur_per_mw_year=10.0,
        ),
        workloads=(
            Workload(
                "chat, public",
                "interactive",
                "m",
                arrivals_mreq_per_h=1.0 + 0.5 * np.sin(h),
                input_tokens=1000,
                output_tokens=200,
            ),
        ),
        racks=(Rack("NVL", 0.13, 0.03, 3000.0, AssetTerms(5)),),
        operating_points=(OperatingPoint("NVL", "m", 0.12, input_mtok_per_h=500.0, output_mtok_per_h=100.0),),
        cooling=(Cooling("air", 0.2, 0.0, CoolingCurve("dry_bulb", (0.0, 30.0), (0.1, 0.3), (0.5, 0.5))),),
        electrical=Electrical("UPS", 0.02, 0.03),
        batteries=(Battery("LFP", 100.0, 200.0, terms, max_mw=1.0, max_mwh=2.0, min_mw=0.1, min_mwh=0.2),),
        supplies=(Supply("PV", np.clip(np.sin((h - 6) / 12 * np.pi), 0, None), 700.0, terms, min_mw=0.3, max_mw=1.0),),
        offers=(
            Offer(
                "hall A",
                "Maker",
                "integrated",
                4000.0,
                terms,
                it_mw=1.0,
                electrical_mw=1.0,
                heat_mw=1.0,
                cooling="air",
                price_breaks=(PriceBreak(2, 3900.0),),
            ),
        ),
    )


@pytest.fixture(scope="module")
def answer() -> Answer:
    case = two_day_case()
    design, proof = solve(case)
    assert design is not None
    accounts = account(case, design)
    report = audit(case, design, accounts, proof)
    assert report.ok, report.violations
    origins = (Origin("racks[NVL].peak_mw", "Racks!D6", "130", "kW", "maker's data sheet", "2026", "A"),)
    return Answer(
        case, design, accounts, proof, report, origins, {"read": 0.1, "build": 0.2, "solve": 0.3, "audit": 0.1}
    )


@pytest.fixture(scope="module")
def written(answer: Answer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "two halls"
    book = folder.parent / "book.xlsx"
    book.write_bytes(b"a workbook")
    with complete_or_absent(folder) as draft:
        write_results(answer, draft, RunRecord((fingerprint(book),), {"gap": 0.001, "seed": 0}, ("a warning",)))
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(written, tmp_path / "copy"))


def same(left: Any, right: Any) -> bool:
    """Equal to the last bit, through dataclasses, containers and vectors."""
    if is_dataclass(left):
        return type(left) is type(right) and all(
            same(getattr(left, f.name), getattr(right, f.name)) for f in fields(left)
        )
    if isinstance(left, np.ndarray):
        return isinstance(right, np.ndarray) and left.tobytes() == right.tobytes()
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[k], right[k]) for k in left)
    if isinstance(left, (tuple, list)):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def test_a_folder_reads_back_to_the_last_bit(answer: Answer, written: Path) -> None:
    """Proves that nothing is rounded or lost on the way to the files and back; a `%.6f` anywhere, a lost tuple key,
    or a column read into the wrong place would show."""
    found = read_results(written).answer
    assert same(found.case, answer.case)
    assert same(found.design, answer.design)
    assert same(found.accounts, answer.accounts)
    assert same(found.proof, answer.proof)
    assert same(found.audit, answer.audit)
    assert same(found.origins, answer.origins)


def test_plan_json_keeps_the_contract(answer: Answer, written: Path) -> None:
    """Proves the documented keys and units; a figure left in thousands would be a thousandfold off."""
    plan = json.loads((written / "plan.json").read_text(encoding="utf-8"))
    keys = {
        "schema",
        "status",
        "currency",
        "objective",
        "bound",
        "gap",
        "gap_money",
        "seconds",
        "marginals",
        "lookahead",
        "kpi",
        "sites",
        "costs",
    }
    assert keys | {"audit"} <= set(plan)
    assert plan["schema"] == 1 and plan["status"] == "optimal" and plan["currency"] == "EUR"
    assert plan["objective"] == pytest.approx(1000 * answer.proof.objective_kcur)
    assert plan["objective"] == pytest.approx(sum(c["present_value"] for c in plan["costs"]))
    assert set(plan["kpi"]) == set(KPI_KEYS)
    assert plan["kpi"]["cost_per_million_tokens"] == pytest.approx(1000 * answer.accounts.kpi["cost_kcur_per_mtok"])
    assert set(plan["seconds"]) == {"read", "build", "solve", "audit", "report"}
    (site,) = plan["sites"]
    (rack,) = site["racks"]
    assert rack == {"rack": "NVL", "cooling": "air", "count": rack["count"], "kw_per_rack": 130.0, "offer": "hall A"}
    assert site["modules"] == [{"offer": "hall A", "count": 1}]
    assert site["storage"][0]["technology"] == "LFP" and site["architecture"] == "UPS"
    assert plan["audit"]["ok"] is True and plan["audit"]["checks"] > 0


def test_every_file_is_there_and_json_is_strict(written: Path) -> None:
    """Proves the set of files of the contract and that no JSON holds NaN or Infinity."""
    assert {p.name for p in written.iterdir()} == {*FILES, MANIFEST}

    def refuse(name: str) -> float:
        raise AssertionError(name)

    for name in ("plan.json", "case.json", MANIFEST):
        json.loads((written / name).read_text(encoding="utf-8"), parse_constant=refuse)


def test_the_manifest_says_how_the_plan_came_about(written: Path) -> None:
    """Proves that a plan can be traced: digest of the workbook, versions, options, bound, warnings."""
    manifest = json.loads((written / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["inputs"][0]["name"] == "book.xlsx" and len(manifest["inputs"][0]["sha256"]) == 64
    assert manifest["options"] == {"gap": 0.001, "seed": 0} and manifest["warnings"] == ["a warning"]
    assert manifest["versions"]["highspy"] and manifest["bound_kcur"] <= manifest["objective_kcur"] + 1e-6


def test_an_untouched_folder_passes_the_recheck(written: Path) -> None:
    """Proves that `aidc audit` accepts what `aidc plan` wrote; else the tests of edits below would prove nothing."""
    found = check_folder(written)
    assert found.ok, found.problems
    assert found.files == len(FILES) and found.audit is not None and found.audit.checks > 0


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_a_changed_byte_in_any_file_is_found_and_the_file_named(folder: Path, name: str) -> None:
    """Proves that no file is left out of the digests; a file missing from the list would pass."""
    path = folder / name
    text = path.read_bytes()
    path.write_bytes(text.replace(b"book.xlsx", b"boOk.xlsx") if name == MANIFEST else text + b" ")
    assert any(problem.startswith(name) for problem in check_folder(folder).problems)


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_a_missing_file_is_found(folder: Path, name: str) -> None:
    """Proves that a folder that is not complete is never called sound."""
    (folder / name).unlink()
    if name == MANIFEST:
        with pytest.raises(BadFolder, match=r"manifest\.json"):
            check_folder(folder)
    else:
        assert any(problem.startswith(name) for problem in check_folder(folder).problems)


def reseal(folder: Path) -> None:
    """Make the digests fit again, as someone would who wants an edit to pass."""
    from planner import results

    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    manifest.pop("manifest_sha256")
    manifest["files"] = results._fingerprints(folder, FILES)
    results._write_manifest(folder, manifest)


def edit_json(path: Path, *place: Any, by: float = 1.01) -> None:
    """Multiply one number."""
    plain = json.loads(path.read_text(encoding="utf-8"))
    inner = plain
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = inner[place[-1]] * by
    path.write_text(to_json(plain) + "\n", encoding="utf-8")


EDITS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "objective shown": ("plan.json", ("objective",)),
    "cost shown": ("plan.json", ("costs", 0, "present_value")),
    "indicator shown": ("plan.json", ("kpi", "pue")),
    "rack count shown": ("plan.json", ("sites", 0, "racks", 0, "count")),
    "contract": ("plan.json", ("exact", "design", "contract_mw")),
    "battery": ("plan.json", ("exact", "design", "battery_mwh", "LFP")),
    "cost line": ("plan.json", ("exact", "accounts", "costs", 0, "quantity")),
    "indicator": ("plan.json", ("exact", "accounts", "kpi", "pue")),
    "proof": ("plan.json", ("exact", "proof", "objective_kcur")),
    "price": ("case.json", ("case", "racks", 0, "cost_kcur")),
    "hourly price": ("case.json", ("case", "grid", "import_price_kcur_per_mwh", 3)),
    "gap": (MANIFEST, ("objective_kcur",)),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_with_forged_digests_is_found_by_the_arithmetic(folder: Path, edit: str) -> None:
    """Proves that the recheck recomputes and does not only compare digests: here all digests are made to fit again."""
    name, place = EDITS[edit]
    edit_json(folder / name, *place, by=2 if edit == "rack count shown" else 1.01)
    reseal(folder)
    found = check_folder(folder)
    assert not found.ok
    assert not any("as it was written" in problem for problem in found.problems)


@pytest.mark.parametrize("number", ["0.123", "", "nan", "many"])
def test_an_edited_hour_with_forged_digests_is_found(folder: Path, number: str) -> None:
    """Proves the same for one number of one hour in the table of operation; a blank must not pass unseen."""
    path = folder / "operation.csv.gz"
    rows = list(csv.reader(gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()))
    rows[7][rows[0].index("import_mw")] = number
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_bytes(gzip.compress(text.getvalue().encode("utf-8")))
    reseal(folder)
    assert not check_folder(folder).ok


def test_a_damaged_table_is_told_not_raised(folder: Path) -> None:
    """Proves: a byte of the compressed year changed on disk is one problem more of that file, with and without a list
    of digests in the manifest. Caught: the unpacker's own error, told as something unexpected."""
    path = folder / "operation.csv.gz"
    damaged = bytearray(path.read_bytes())
    damaged[30] ^= 0xFF
    path.write_bytes(damaged)
    assert any(problem.startswith(path.name) for problem in check_folder(folder).problems)
    with pytest.raises(BadFolder, match=r"operation\.csv\.gz: it cannot be read"):
        read_results(folder)


@pytest.mark.parametrize("files", [None, [], {"plan.json": 3}])
def test_a_manifest_without_its_list_of_files_is_told_not_raised(folder: Path, files: Any) -> None:
    """Proves: such a manifest is a problem by name, for a plan and for a study. Caught: a KeyError or TypeError."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    del manifest["files"]
    manifest |= {} if files is None else {"files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    assert any(problem.startswith(MANIFEST) for problem in check_folder(folder).problems)
    with pytest.raises(AlteredFolder, match=r"plan\.json"):
        unaltered(folder, "plan.json")
    (folder / MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(BadFolder, match=MANIFEST):
        unaltered(folder, "plan.json")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 1}', '{"case": NaN}'])
@pytest.mark.parametrize("name", ["plan.json", "case.json"])
def test_unreadable_json_is_named_not_raised(folder: Path, name: str, text: str) -> None:
    """Proves that a broken file ends in a sentence about that file; a KeyError would end as something unexpected."""
    (folder / name).write_text(text, encoding="utf-8")
    assert any(problem.startswith(name) for problem in check_folder(folder).problems)
    with pytest.raises(BadFolder, match=name):
        read_results(folder)


def test_rendering_again_replaces_only_the_documents(folder: Path) -> None:
    """Proves that `aidc report` leaves the plan alone and a sound folder sound, and keeps what the user put there."""
    (folder / "my notes.txt").write_text("keep", encoding="utf-8")
    before = {name: (folder / name).read_bytes() for name in ("plan.json", "case.json", "operation.csv.gz")}
    (folder / "report.html").write_text("spoilt", encoding="utf-8")
    render_again(read_results(folder))
    assert check_folder(folder).ok
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert (folder / "my notes.txt").read_text(encoding="utf-8") == "keep"


def test_rendering_refuses_an_edited_plan(folder: Path) -> None:
    """Proves that rendering cannot launder an edit into a fresh report."""
    edit_json(folder / "plan.json", "exact", "design", "contract_mw")
    with pytest.raises(BadFolder, match=r"plan\.json"):
        render_again(read_results(folder))


def test_a_folder_is_complete_or_absent(tmp_path: Path) -> None:
    """Proves that an error while writing leaves nothing behind, not even a draft."""
    with pytest.raises(RuntimeError), complete_or_absent(tmp_path / "plan") as draft:
        (draft / "half.json").write_text("{", encoding="utf-8")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves numbered siblings, and that --force replaces result folders only, never a folder of something else."""
    monkeypatch.chdir(tmp_path)
    assert default_folder(Path("x/my case.xlsx"), force=False) == Path("out/my case")
    Path("out/my case").mkdir(parents=True)
    Path("out/my case-2").mkdir()
    assert default_folder(Path("x/my case.xlsx"), force=False) == Path("out/my case-3")
    assert default_folder(Path("x/my case.xlsx"), force=True) == Path("out/my case")
    other = tmp_path / "photos"
    other.mkdir()
    (other / "a.jpg").touch()
    for force in (False, True):
        with pytest.raises(OutputExists), complete_or_absent(other, force=force):
            pass
    (other / MANIFEST).touch()
    with complete_or_absent(other, force=True) as draft:
        (draft / "new").touch()
    assert [p.name for p in other.iterdir()] == ["new"]


def test_an_unproven_bound_is_null_not_infinity(answer: Answer) -> None:
    """Proves that a plan found before any bound is stored, and read back, as strict JSON."""
    unproven = replace(answer, proof=Proof("limit", answer.proof.objective_kcur, -np.inf, 1.0, "monolithic"))
    view = public_view(unproven)
    assert view["bound"] is None and view["gap"] is None and view["gap_money"] is None
    stored = json.loads(to_json(encode(unproven.proof)))
    assert decode(Proof, stored).bound_kcur == -np.inf


def test_the_gap_leaves_it_hardware_out(answer: Answer) -> None:
    """Proves (objective - bound) / (cost without IT hardware); dividing by the whole cost would give a smaller gap."""
    it = sum(c.present_value_kcur for c in answer.accounts.costs if c.is_it)
    rest = answer.accounts.objective_kcur - it
    assert it > 0
    bound = answer.proof.objective_kcur - 0.05 * rest
    proof = replace(answer.proof, bound_kcur=bound)
    assert gap_of(answer.accounts, proof) == pytest.approx(0.05)
    assert public_view(replace(answer, proof=proof))["gap_money"] == pytest.approx(50 * rest)
