"""Plans over territories as files and on the command line, and the page on them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from regional_economies import three_regions
from typer.testing import CliRunner

from conjuncture.accounts.formats.form import write_table
from conjuncture.accounts.library import load_table
from conjuncture.cli.app import app
from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.problem_file import looks_like_problem
from conjuncture.plan.reading.condition_tables import condition_tables
from conjuncture.plan.regional.file import is_regional_file, open_regional
from conjuncture.plan.regional.joining import joined
from conjuncture.plan.regional.records import reference, schema
from conjuncture.plan.regional.sourcing import interregional
from conjuncture.plan.solve import solve

PAGE = (Path(__file__).parents[2] / "docs" / "regions.md").read_text(encoding="utf-8")
FILES = re.findall(r"```yaml[^\n]*\n(.*?)```", PAGE, flags=re.DOTALL)


def write(folder: Path, text: str, name: str = "plan.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["plan", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_code_blocks_of_the_page_run() -> None:
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    assert len(blocks) >= 3
    for block in blocks:
        exec(compile(block, "docs/regions.md", "exec"), names)


@pytest.mark.parametrize("row", reference(), ids=lambda row: f"{row['part']}-{row['key']}")
def test_every_key_is_documented_as_the_code_has_it(row) -> None:
    default = f"`{row['default']}`" if row["default"] else ""
    line = f"| `{row['key']}` | {default} | {row['unit']} | {row['description']} |"
    assert line.replace("|  |", "| |").replace("|  |", "| |") in PAGE


def test_the_file_is_the_joining_of_its_territories(tmp_path: Path) -> None:
    path = write(tmp_path, FILES[0])
    assert is_regional_file(path)
    assert looks_like_problem(path)
    found = open_regional(path).problem
    table = load_table("usa_1947")
    south = Problem.from_table(table, 2, labour_growth=0.01)
    south = south.replace(labour_available=0.97 * south.labour_available)
    routes = [
        {"origin": f"{a}:{k}", "destination": f"{b}:{k}", "uses": {f"{a}:48": 0.05},
         "loss": 0.01, "lines": {"railway": 1.0}}
        for k in ("111CA", "331", "333") for a, b in (("north", "south"), ("south", "north"))
    ]  # fmt: skip
    expected = joined(
        {"north": Problem.from_table(table, 2), "south": south},
        routes,
        lines=[{"name": "railway", "capacity": 1000, "unit": "million USD carried"}],
        conditions={"households": [{"name": "south", "floor": 0.95}]},
    )
    assert found.conditions == expected.conditions
    np.testing.assert_array_equal(found.labour_available, expected.labour_available)
    assert found.name == "North and south"
    assert solve(found).require_optimal().aim == pytest.approx(solve(expected).aim)
    assert open_regional(path, years=3, settings={"discount": 0.9}).problem.periods == 3


@pytest.mark.parametrize("sourcing", ["pooled", "shares", "fixed"])
def test_a_multi_regional_table_in_three_forms(tmp_path: Path, sourcing: str) -> None:
    write_table(three_regions(), tmp_path / "three")
    path = write(tmp_path, f"table: three\nsourcing: {sourcing}\nyears: 2\n")
    opened = open_regional(path)
    assert solve(opened.problem).status == "optimal"
    assert bool(opened.problem.conditions.routes) == (sourcing == "pooled")
    assert [g.name for g in opened.problem.conditions.households] == ["a", "b", "c"]
    assert not opened.reconstruction


def test_shares_in_a_file_are_a_reconstruction_with_carriage(tmp_path: Path) -> None:
    opened = open_regional(write(tmp_path, FILES[1]))
    assert opened.reconstruction
    uses = [route.uses for route in opened.problem.conditions.routes]
    assert any(uses)
    assert solve(opened.problem).status == "optimal"


def test_a_product_of_both_territories_is_carried_where_none_is_named(tmp_path: Path) -> None:
    text = FILES[0].replace('products: ["111CA", "331", "333"], ', "")
    found = open_regional(write(tmp_path, text)).problem
    assert len(found.conditions.routes) == 2 * load_table("usa_1947").size


def test_faults_of_a_file_are_listed_together(tmp_path: Path) -> None:
    text = FILES[0].replace("destination: south", "destination: sout")
    text = text.replace("floor: 0.95", "floor: [1, 2, 3]").replace("name: south", "name: sooth")
    with pytest.raises(InputError) as error:
        open_regional(write(tmp_path, text))
    found = str(error.value)
    assert "unknown territory 'sout'" in found
    assert "did you mean south" in found
    assert "has 3 figures for 2 years" in found
    text = FILES[0].replace("table: usa_1947}", "table: usa_1974}").replace("times", "factor")
    with pytest.raises(InputError) as error:
        open_regional(write(tmp_path, text))
    found = str(error.value)
    assert "unknown key 'factor'" in found
    assert "times" in found
    assert "did you mean usa_1947" in found
    for text, words in (
        ("territories: {a: {table: usa_1947}}\ntable: usa_1947\n", "either territories"),
        ("sourcing: pooled\n", "either territories"),
        ("territories: {a: {table: usa_1947}}\nband: 0.1\n", "belongs to a plan from one table"),
        ("table: usa_1947\nsourcing: fixed\nband: 0.2\n", "has no part in sourcing"),
        ("table: usa_1947\nshares: {a: {output: 1}}\nsourcing: fixed\n", "who buys from where"),
        ("table: usa_1947\nsourcing: pooled\n", "has no region"),
        ("territories: {a: {table: usa_1947, settings: {discount: 0.9}}}\n", "rules over the plan"),
        (FILES[0].replace('"333"]', '"33"]'), "unknown product of north '33'"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=words):
            open_regional(write(tmp_path, text))


def test_plain_files_are_no_plans_over_territories(tmp_path: Path) -> None:
    assert not is_regional_file(write(tmp_path, "table: usa_1947\n"))
    assert not is_regional_file(write(tmp_path, "a: [\n"))
    assert not is_regional_file(tmp_path / "none.yaml")
    assert not is_regional_file(write(tmp_path, "territories: {}", "plan.txt"))


def test_plans_are_solved_explained_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    path = write(tmp_path, FILES[0])
    shown = run("solve", str(path), "--figures", str(tmp_path / "figures"), "--out",
                str(tmp_path / "plan.xlsx"))  # fmt: skip
    for part in ("By territory, 1949", "Deliveries from territory to territory, 1949",
                 "Price differences along routes, 1949", "north:331 > south:331"):  # fmt: skip
        assert part in " ".join(shown.split()), part
    assert (tmp_path / "figures" / "shipments.png").stat().st_size > 1000
    names = openpyxl.load_workbook(tmp_path / "plan.xlsx").sheetnames
    assert {"territories", "deliveries", "shipments", "route_prices"} <= set(names)
    found = json.loads(run("solve", str(path), "--json"))
    north = next(row for row in found["territories"] if row["territory"] == "north")
    assert north["year"] == 1948
    assert sum(row["amount"] for row in found["deliveries"]) == pytest.approx(
        sum(row["sent"] for row in found["shipments"])
    )
    assert "south:331 (Primary metals), 1948" in run(
        "explain", str(path), "--year", "1948", "--product", "south:331", "--ranges", "0"
    )
    other = write(tmp_path, FILES[0].replace("0.97", "0.99"), "other.yaml")
    compared = json.loads(run("compare", str(path), str(other), "--json"))
    assert compared
    plain = run("solve", "usa_1947", "--years", "2")
    assert "By territory" not in plain


def test_fixed_coefficients_have_deliveries_without_routes() -> None:
    plan = solve(interregional(three_regions(), 2)).require_optimal()
    assert "shipments" not in condition_tables(plan)
    assert condition_tables(plan)["deliveries"]["amount"].max() > 0


def test_the_schema_describes_every_key() -> None:
    found = json.loads(run("schema", "--territories"))
    assert found == json.loads(json.dumps(schema()))
    for record in (found, *found["$defs"].values()):
        for name, key in record["properties"].items():
            assert key.get("title"), name
            assert key.get("description"), name
            assert "unit" in key, name
