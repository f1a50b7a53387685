"""`aidc sweep`: the samples drawn, the cells meant, what comes of each sample, and the figures over all of them."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from columns_bases import LOAD
from scipy.stats import spearmanr, triang, truncnorm

from planner.cli import cli
from planner.errors import BadWorkbook
from planner.schema import SHEETS
from planner.studies.sampling import draw
from planner.studies.sweep_figures import summary
from planner.validate import validate
from planner.validate.rows import read_tables
from planner.validate.variations import STUDIES, Variation
from planner.workbook import read_workbook


def varied(name: str, form: str, **more: Any) -> Variation:
    return Variation(name, form, False, "", False, ((name, 1, "x"),), (), f"{name}!A1", **more)


A = varied("a", "triangular", low=0.0, middle=1.0, high=4.0)
B = varied("b", "normal", low=-1.0, high=2.0, middle=0.0, deviation=1.0, moves_with="a", correlation=0.7)
C = varied("c", "lognormal", middle=2.0, deviation=0.5, moves_with="b", correlation=-0.5)
D = varied("d", "list", values=("x", "y"))


@pytest.mark.parametrize("plan", ["latin", "random"])
def test_marginals_and_correlations_are_as_stated(plan: Any) -> None:
    """2,000 draws: quantiles as scipy's own distributions, rank correlations 0.7 and -0.5 as stated (0.03: the sampling
    error of a rank correlation), and of the pair that follows: 2 sin(pi r/6) is 0.717 and -0.518, their product -0.371,
    a rank correlation of -0.356. Caught: a marginal bent by the reordering, the wrong column reordered."""
    samples = draw([A, B, C, D], plan, 2000, 5)
    a, b, c = (np.array([float(s[j]) for s in samples]) for j in range(3))
    near, wanted = 0.08 if plan == "random" else 0.005, (0.1, 0.5, 0.9)
    assert np.quantile(a, wanted) == pytest.approx(triang(0.25, 0, 4).ppf(wanted), abs=near)
    assert np.quantile(b, wanted) == pytest.approx(truncnorm(-1, 2).ppf(wanted), abs=near)
    assert np.quantile(np.log(c), wanted) == pytest.approx(np.log(2) + 0.5 * np.array([-1.2816, 0, 1.2816]), abs=near)
    assert [s[3] for s in samples].count("x") == pytest.approx(1000, abs=1 if plan == "latin" else 80)
    found = [spearmanr(*pair).statistic for pair in ((a, b), (b, c), (a, c))]
    assert found == pytest.approx([0.7, -0.5, -0.356], abs=0.03)


def test_a_latin_hypercube_has_one_draw_in_each_stratum() -> None:
    """Of 50 draws of a uniform input, correlated or not, one lies in each fiftieth."""
    inputs = [varied("a", "uniform", low=0.0, high=1.0), varied("b", "uniform", low=0.0, high=1.0, moves_with="a",
              correlation=0.9)]  # fmt: skip
    for column in zip(*draw(inputs, "latin", 50, 1), strict=True):
        assert sorted(int(50 * float(x)) for x in column) == list(range(50))


def test_the_same_seed_the_same_samples_and_common_random_numbers() -> None:
    """Same seed, same table; another seed, another. Another input beside it leaves an input's draws as they are."""
    assert draw([A, B, C, D], "latin", 20, 3) == draw([A, B, C, D], "latin", 20, 3)
    assert draw([A], "latin", 20, 3) != draw([A], "latin", 20, 4)
    assert [s[:1] for s in draw([A, D], "random", 20, 3)] == draw([A], "random", 20, 3)


def test_a_factorial_plan_is_every_combination() -> None:
    """2 texts by 3 levels of 1 to 2; a distribution has no levels, and says so."""
    inputs = [D, varied("e", "range", low=1.0, high=2.0, levels=3)]
    assert draw(inputs, "factorial", 9, 0) == [(d, e) for d in ("x", "y") for e in (1.0, 1.5, 2.0)]
    with pytest.raises(ValueError, match="no levels"):
        draw([A], "factorial", 9, 0)


def row(name: str = "price", **more: Any) -> dict[str, Any]:
    return {"name": name, "sheet": "TariffEnergy", "row": "TOU, day", "column": "price", "form": "uniform"} | more


@pytest.mark.parametrize(
    ("wrong", "column", "words"),
    [
        ({"sheet": "Tarif"}, "sheet", "name of a sheet"),
        ({"column": "prize"}, "column", "did you mean price"),
        ({"row": "TOU, dawn"}, "row", "did you mean TOU, day"),
        ({"high": None}, "high", "a uniform form needs it"),
        ({"high": 1}, "high", "more than low, 2"),
        ({"row": None}, "row", "3 rows are meant"),
        ({"column": "period"}, "form", "holds no number"),
        ({"correlation": 0.5}, "moves_with", "or neither"),
        ({"moves_with": "price", "correlation": 0.5}, "moves_with", "do not lead back"),
    ],
)
def test_what_is_wrong_with_a_row_is_named_at_its_cell(small: Any, wrong: Any, column: str, words: str) -> None:
    """Each mistake is told once, at its own cell. Caught: a cell that is not there taken for one, silently."""
    small.rows["Sweep"] = [row(low=2, high=4) | wrong]
    with pytest.raises(BadWorkbook) as bad:
        validate(read_workbook(small.write()))
    (found,) = bad.value.findings
    assert found.cell == small.cell("Sweep", column) and words in str(found)


def test_any_cell_with_a_number_can_vary(small: Any) -> None:
    """Proves: every number of every table and of sheet Project, named by sheet, row and column, is one row of what
    varies, at its own address; rows whose names do not tell them apart (tiers of a charge) by their number. Caught: a
    table whose rows cannot be told apart, a column that no row reaches."""
    tables, wanted = read_tables(read_workbook(small.write())), []
    for sheet in (s for s in SHEETS if s.layout in ("rows", "record") and s.name not in STUDIES):
        rows = tables[sheet.name].rows
        for line in rows:
            name = line.key if [r.key for r in rows].count(line.key) == 1 else str(line.number)
            for c in sheet.columns:
                value = line.values.get(c.name)
                if value is not None and value.given and c.numeric:
                    wanted.append((sheet.name, name or None, c.name, value.cell))
    small.rows["Sweep"] = [
        {"name": f"{n}", "sheet": s, "row": r, "column": c, "form": "list", "relative": "yes", "values": "1"}
        for n, (s, r, c, _) in enumerate(wanted)
    ]
    found = validate(read_workbook(small.write())).variations
    assert [v.cell for v in found] == [cell for *_, cell in wanted] and len(found) > 200
    assert {len(v.targets) for v in found} == {1}


def planned(cost: float, kind: str) -> dict[str, Any]:
    figures = dict.fromkeys(("pue", "peak_import_mw", "it_installed_mw", "carbon_t", "water_m3", "racks", "units"), 1.0)
    figures |= dict.fromkeys(("battery_mw", "battery_mwh", "supply_mw", "contract_mw", "cold_store_mwh"), 0.0)
    figures |= {"tokenergy_wh_per_1k": 0.5, "generator_units": 0.0, "cost": cost, "bound": cost}
    return {"state": "planned", "reasons": [], "proven": True, "kind": kind, **figures}


def test_regret_and_best_by_hand() -> None:
    """Kinds p and q in three samples. Costs: 10/12, 20/20, 30 (p's own)/cannot. p is best in 1 + 1/2 + 1 of 3, q in
    1/2; q regrets 2 and 0, mean 1, and cannot serve in a third. The cost is 10 x: its swing from the 10th to the 90th
    percentile of 1, 2, 3 (1.2 to 2.8) is 16, and the fit is whole; half of the plans cost 20 at most, one in twenty 11.
    Caught: a tie counted twice, the sample that q cannot serve counted as no regret, a failed sample in a quantile."""
    kinds = [{"kind": k, "words": k, "found": 1} for k in "pq"]
    results = [planned(10, "p"), planned(20, "q"), planned(30, "p"), {"state": "invalid", "reasons": ["X!A1: bad"]}]
    x = varied("x", "uniform", low=1.0, high=3.0)
    view = summary([x], [(1.0,), (2.0,), (3.0,), (9.0,)], results, kinds, [[10, 12], [20, 20], [30, None], None])
    p, q = view["designs"]
    assert [p["best"], q["best"]] == pytest.approx([2.5 / 3, 0.5 / 3])
    assert (p["worst_regret"], q["mean_regret"], q["worst_regret"]) == pytest.approx((0, 1, 2))
    assert q["cannot_serve"] == pytest.approx(1 / 3)
    assert (view["tornado"]["bars"][0]["swing"], view["tornado"]["fit"]) == pytest.approx((16, 1))
    cost = view["quantiles"][0]
    assert [cost[k] for k in ("figure", "mean", "p5", "p25", "p50", "p75", "p95")] == ["cost", 20, 11, 15, 20, 25, 29]
    assert view["failures"] == [{"sample": 4, "state": "invalid", "reasons": ["X!A1: bad"]}]


def load_of_a_day(small: Any) -> str:
    """Fill the small workbook with 2 MW for 24 h and nothing to choose; returns the tariff's name."""
    small.project, small.series = dict(LOAD.project), dict(LOAD.series)
    small.rows = {name: [dict(r) for r in LOAD.rows.get(name, [])] for name in small.rows}
    small.series = {"hour": [float(h) for h in range(24)]} | {n: [v[i % len(v)] for i in range(24)]
                    for n, v in LOAD.series.items()}  # fmt: skip
    return str(small.rows["TariffEnergy"][0]["tariff"])


def test_regret_of_two_kinds_end_to_end_and_the_same_on_a_cluster(small: Any, tmp_path: Path) -> None:
    """2 MW for 24 h, tariff T at 50 or 150 USD/MWh against U at 100: T is best in one sample (2.4 kUSD, U 4.8), U in
    the other (4.8, T 7.2); either regrets 2.4 in the other's sample, 1.2 in the mean. On a Dask scheduler and worker
    on loopback the figures are the same. Caught: a kind costed under the other tariff, samples of kinds mixed up,
    --cluster that does not reach the scheduler."""
    tariff = load_of_a_day(small)
    small.rows["TariffEnergy"].append({"tariff": "U", "period": "always", "price": 100})
    small.rows["Sites"][0]["tariff_options"] = "U"
    small.rows["Sweep"] = [row(row=tariff, form="list", values="50; 150")]
    command = ["sweep", str(small.write()), "--design", "factorial", "--json", "-q"]
    done = CliRunner().invoke(cli, [*command, "-o", str(tmp_path / "s"), "--jobs", "1"])
    assert done.exit_code == 0, done.output
    view = json.loads(done.stdout)
    kinds = view["designs"]
    assert len(kinds) == 2 and {k["words"] for k in kinds} == {"tariff T", "tariff U"}
    assert [k["mean_regret"] for k in kinds] == pytest.approx([1200, 1200])
    assert [k["worst_regret"] for k in kinds] == pytest.approx([2400, 2400])
    assert [k["best"] for k in kinds] == pytest.approx([0.5, 0.5])
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        address = str(cluster.scheduler_address)
        far = CliRunner().invoke(cli, [*command, "-o", str(tmp_path / "far"), "--cluster", address])
    assert far.exit_code == 0, far.output
    told = json.loads(far.stdout)
    assert (told["designs"], told["quantiles"]) == (kinds, view["quantiles"])


def test_the_command_plans_each_sample_as_if_typed(small: Any, tmp_path: Path) -> None:
    """2 MW for 24 h bought at 50, 100 or 150 USD/MWh: 2.4, 4.8, 7.2 kUSD; a price of -1e9 is refused, with its cell.
    With --resume nothing is computed again, and without it the folder is not touched. Caught: cells not replaced,
    another row's price replaced, a failed sample left out or fatal."""
    tariff = load_of_a_day(small)
    small.rows["Sweep"] = [row(row=tariff, form="list", values="50; 100; 150"),
                           row("rate", sheet="Project", row=None, column="discount_pct", form="list",
                               values="0; 1000000")]  # fmt: skip
    command = ["sweep", str(small.write()), "-o", str(tmp_path / "s"), "--design", "factorial", "--jobs", "1", "--json"]
    done = CliRunner().invoke(cli, [*command, "-q"])
    assert done.exit_code == 5, done.output
    with gzip.open(tmp_path / "s" / "samples.csv.gz", "rt", encoding="utf-8") as stream:
        table = list(csv.DictReader(io.StringIO(stream.read())))
    costs = [float(r["cost"]) for r in table if r["state"] == "planned"]
    assert costs == pytest.approx([2400, 4800, 7200])
    refused = [r["reason"] for r in table if r["state"] == "invalid"]
    assert len(refused) == 3 and all(small.cell("Project", "discount_pct") in words for words in refused)
    assert CliRunner().invoke(cli, command).exit_code == 2
    stored = sorted((p.name, p.stat().st_mtime_ns) for p in (tmp_path / "s" / "results").rglob("*.json"))
    again = CliRunner().invoke(cli, [*command, "-q", "--resume"])
    assert json.loads(again.stdout)["quantiles"] == json.loads(done.stdout)["quantiles"]
    assert stored == sorted((p.name, p.stat().st_mtime_ns) for p in (tmp_path / "s" / "results").rglob("*.json"))


def test_a_damaged_workbook_costs_no_earlier_sweep(small: Any, tmp_path: Path) -> None:
    """Proves: with --force, what an earlier sweep left stands until the workbook has been read. Caught: hours of
    results removed for a file that cannot be opened."""
    folder, path = tmp_path / "s", small.write()
    (folder / "results").mkdir(parents=True)
    (folder / "sweep.json").write_text("{}", encoding="utf-8")
    path.write_bytes(b"PK no workbook")
    assert CliRunner().invoke(cli, ["sweep", str(path), "-o", str(folder), "--force", "-q"]).exit_code == 3
    assert sorted(p.name for p in folder.iterdir()) == ["results", "sweep.json"]
