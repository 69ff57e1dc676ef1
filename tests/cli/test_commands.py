"""The command line: every command, every exit code, JSON everywhere, errors that help."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import xarray as xr

from conjuncture.cli.app import app
from conjuncture.core.sources import sources


def call(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from conjuncture.cli import main; main()", *arguments],
        capture_output=True, text=True, check=False, cwd=cwd, timeout=240,
    )  # fmt: skip


LISTS = [
    ("tables",),
    ("tables", "show", "usa_1947"),
    ("tables", "show", "ussr_1945", "--variant", "usa_1947_official"),
    ("tables", "analyse", "deu_2014", "--domestic"),
    ("tables", "analyse", "usa_1947", "--of", "persons_engaged"),
    ("plan", "settings"),
    ("plan", "conditions"),
    ("plan", "conditions", "households"),
    ("plan", "aims"),
    ("plan", "backtest"),
    ("plan", "backtest", "fra_2000"),
    ("sources",),
    ("sources", "show", "harrison_1998"),
    ("states",),
    ("states", "show", "POL"),
    ("states", "rules"),
    ("states", "rules", "capital_output"),
    ("mechanisms",),
    ("mechanisms", "show", "technique"),
    ("claims",),
    ("claims", "show", "C13"),
    ("series",),
    ("series", "show", "gdp_index_maddison"),
    ("scenarios",),
    ("variables",),
    ("fit", "1945", "--only", "growth"),
    ("plan", "solve", "ussr_1945", "--years", "3", "--set", "gestation=1"),
    ("plan", "explain", "ussr_1945", "--product", "metals", "--year", "1947"),
    ("plan", "compare", "ussr_1945", "ussr_1945"),
    ("plan", "schema"),
    ("score", "ussr_1945", "--members", "3", "--until", "1947"),
]


@pytest.mark.parametrize("arguments", LISTS, ids=" ".join)
def test_each_command_speaks_to_people_and_to_programs(arguments: tuple[str, ...]) -> None:
    shown = call(*arguments)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.strip()
    assert json.loads(call(*arguments, "--json").stdout)


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Walk the commands; a group that lists when called bare is a command too."""
    children = getattr(command, "commands", {})
    if path and (not children or command.invoke_without_command):
        yield path, command
    for name, child in children.items():
        yield from commands(child, (*path, name))


def test_every_command_has_help_and_json() -> None:
    found = dict(commands(typer.main.get_command(app)))
    assert len(found) >= 17
    for path, command in found.items():
        assert command.help, path
        assert "--json" in {name for option in command.params for name in option.opts}, path


def test_every_command_is_tried_here() -> None:
    tried = {a for listed in (*LISTS, *(x for x, _ in REFUSED)) for a in (listed[:1], listed[:2])}
    tried.add(("sources", "of"))
    assert set(dict(commands(typer.main.get_command(app)))) <= tried


NAMES = [
    "usa_2014", "ussr_1945", "gdp_index", "gdp_index_maddison", "SUN.armed_forces", "C13",
    "technique", "technique.planning_effect", "pablo_1945", "1945", "harrison_1998",
    "usa_2000", "ussr_1946", "escalation.parity", "POL", "POL.product", "war_path_east_europe",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_everything_shown_leads_to_its_cards(name: str) -> None:
    found = json.loads(call("sources", "of", name, "--json").stdout)
    assert {card["id"] for card in found["cards"]} <= set(sources())
    assert found["cards"] or name == "technique.planning_effect"


REFUSED = [
    (("plan", "backtest", "fra_200"), "fra_2000"),
    (("plan", "backtest", "fra_2000", "--set", "discont=0.9"), "discount"),
    (("tables", "show", "usa_2015"), "usa_2014"),
    (("sources", "of", "gdp_indx"), "gdp_index"),
    (("mechanisms", "show", "harvst"), "harvest"),
    (("states", "show", "POLL"), "POL"),
    (("states", "rules", "capital_outputs"), "capital_output"),
    (("claims", "show", "C31"), "C13"),
    (("plan", "solve", "usa_1947", "--set", "discont=0.9"), "discount"),
    (("plan", "solve", "usa_1947", "--years", "0"), "years"),
    (("plan", "solve", "usa_1947", "--out", "plan.pdf"), ".nc"),
    (("plan", "explain", "ussr_1945", "--product", "metls", "--year", "1947"), "metals"),
    (("plan", "explain", "ussr_1945", "--year", "1990"), "1946-1950"),
    (("plan", "ensemble", "usa_1947", "--out", "members.csv"), ".nc"),
    (("plan", "frontier", "usa_1947", "--second", "least_labor"), "least_labour"),
    (("plan", "sweep", "usa_1947", "nowhere.yaml", "--out", "x.nc"), "no such file"),
    (("plan", "frontier", "usa_1947", "--second", "least_labour", "--out", "x.txt"), ".csv"),
    (("plan", "ensemble", "usa_1974"), "usa_1947"),
    (("plan", "compare", "nowhere.nc", "ussr_1945"), "no such file"),
    (("run", "ussr_1945", "--set", "demobilisation.pase=1"), "demobilisation.pace"),
    (("run", "ussr_1945", "--set", "demobilisation.pace=much"), "not a number"),
    (("run", "ussr_1945", "--members", "0"), "members"),
    (("run", "ussr_1945", "--until", "1990"), "window"),
    (("run", "1954"), "1945"),
    (("score", "ussr_1945", "--members", "2", "--until", "1946"), "too few"),
    (("score", "1945", "--history", "nowhere.nc"), "no such file"),
    (("fit", "1954"), "1945"),
    (("fit", "1945", "--only", "grwth"), "growth"),
    (("fit", "1945", "--only", "arms", "--write", "new"), "--data"),
    (("fit", "1945", "--data", "nowhere"), "is no folder"),
    (("fit", "1945", "--data", "."), "nmc_v7.csv"),
    (("tables", "check", "nowhere.csv"), "no such file"),
    (("tables", "analyse", "usa_1947", "--of", "capitl"), "capital"),
    (("tables", "aggregate", "usa_1947", "nowhere.yaml", "out"), "no such file"),
    (("tables", "import", ".", "out", "--format", "exiobase", "--year", "2011"), "exiobase3"),
    (("tables", "import", ".", "out", "--format", "be", "--year", "2011"), "bea"),
    (("tables", "import", ".", "out", "--format", "bea"), "--year"),
    (("tables", "import", ".", "out", "--format", "bea", "--year", "1996"), "no make table"),
    (("tables", "import", ".", "out", "--format", "supply-use"), "supply_use.yaml"),
    (("tables", "split", "usa_1947"), "has no region"),
    (("tables", "import", ".", "out", "--format", "wiod"), "--year"),
    (("tables", "import", ".", "out", "--format", "wiod", "--year", "2009"), "cannot be parsed"),
    (("tables", "import", ".", "out", "--format", "pymrio", "--year", "1", "--role", "c37"), "c37"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED, ids=[" ".join(a) for a, _ in REFUSED])
def test_what_cannot_be_done_is_refused_with_a_remedy(
    arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    shown = call(*arguments, cwd=tmp_path)
    assert shown.returncode == 1
    assert message in " ".join(shown.stderr.split())
    assert "Traceback" not in shown.stderr
    as_json = call(*arguments, "--json", cwd=tmp_path)
    assert as_json.returncode == 1
    assert all(fault["remedy"] for fault in json.loads(as_json.stdout)["faults"])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [("plan", "sovle"), ("run",), ("tables", "--nope")])
def test_wrong_usage_has_its_own_exit_code(arguments: tuple[str, ...]) -> None:
    assert call(*arguments).returncode == 2


def test_an_infeasible_floor_is_refused_with_the_shortfall(tmp_path: Path) -> None:
    shown = call("plan", "solve", "usa_1947", "--set", "consumption_floor=3", cwd=tmp_path)
    assert shown.returncode == 1
    assert "short by" in " ".join(shown.stderr.split())
    data = json.loads(
        call("plan", "solve", "usa_1947", "--set", "consumption_floor=3", "--json").stdout
    )
    assert data["status"] == "infeasible"
    assert data["faults"]
    assert {demand["kind"] for demand in data["conflict"]["demands"]} == {"floor"}


def test_a_problem_file_is_solved_explained_and_compared(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(
        "table: ussr_1945\nchanges: [{what: military, of: metals, years: 1947, add: 0.1}]\n"
    )
    shown = call("plan", "solve", str(file), "--out", "flat", "--figures", "drawn", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert {p.stem for p in (tmp_path / "flat").iterdir()} >= {"balances", "shadow_prices"}
    assert {p.suffix for p in (tmp_path / "drawn").iterdir()} == {".png"}
    assert call("plan", "solve", str(file), "--out", "a.nc", cwd=tmp_path).returncode == 0
    data = json.loads(call("plan", "explain", str(file), "--year", "1947", "--json").stdout)
    assert sum(root["share"] for root in data["roots"]) == pytest.approx(1.0)
    assert data["ranges"][0]["kind"] == data["roots"][0]["kind"]
    same = json.loads(call("plan", "compare", "a.nc", str(file), "--json", cwd=tmp_path).stdout)
    assert same["differences"] == []
    other = call("plan", "compare", "ussr_1945", "a.nc", cwd=tmp_path)
    assert "1947: military use of metals +0.1 billion" in " ".join(other.stdout.split())


def test_a_faulty_problem_file_names_every_fault(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("table: ussr_1945\nyeers: 3\nchanges: [{what: militry, add: 1}]\n")
    shown = call("plan", "solve", str(file), "--json")
    assert shown.returncode == 1
    assert [f["nearest"][0] for f in json.loads(shown.stdout)["faults"]] == ["years", "military"]


def test_a_plan_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "plan.nc"
    shown = call("plan", "solve", "usa_1947", "--years", "2", "--out", str(path))
    assert shown.returncode == 0, shown.stderr
    with xr.open_dataset(path, engine="h5netcdf") as plan:
        assert all("unit" in plan[name].attrs for name in plan.data_vars)
    assert [p.name for p in tmp_path.iterdir()] == ["plan.nc"]


def test_the_main_job_ends_with_verdicts_and_its_files(tmp_path: Path) -> None:
    shown = call(
        "run", "ussr_1945", "--members", "4", "--until", "1950", "--out", "a.nc", cwd=tmp_path
    )
    assert shown.returncode == 0, shown.stderr
    text = " ".join(shown.stdout.split())
    for part in ("Verdicts", "C13", "C14", "reconstruction", "unplanned"):
        assert part in text
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.html", "a.nc", "a.png"]
    page = (tmp_path / "a.html").read_text()
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "<script" not in page
    assert "reconstruction" in page
    found = json.loads(call("sources", "of", str(tmp_path / "a.nc"), "--json").stdout)
    assert {"harrison_1998", "ussr_1945_reconstruction"} <= {c["id"] for c in found["cards"]}


def test_the_main_job_in_json(tmp_path: Path) -> None:
    shown = call("run", "ussr_1945", "--members", "3", "--until", "1947", "--json", cwd=tmp_path)
    data = json.loads(shown.stdout)
    assert {v["id"] for v in data["verdicts"]} == {"C13", "C14"}
    assert data["manifest"]["members"] == 3
    assert "cut to the run's window" in data["verdicts"][0]["horizon"]["note"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ on Windows")
def test_an_interrupt_keeps_what_is_done_and_the_same_command_resumes(tmp_path: Path) -> None:
    command = ["run", "ussr_1945", "--members", "13", "--until", "1946"]
    code = "from conjuncture.cli import main; main()"
    running = subprocess.Popen(
        [sys.executable, "-c", code, *command],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not list(tmp_path.rglob("ussr_1945-*.nc")) and time.monotonic() < deadline:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "the same command resumes" in " ".join(errors.split())
    done = list(tmp_path.rglob("ussr_1945-*.nc"))
    assert done
    assert not (tmp_path / "runs" / "ussr_1945.nc").exists()
    stamp = done[0].stat().st_mtime_ns
    resumed = subprocess.Popen(
        [sys.executable, "-c", code, *command], cwd=tmp_path, stdout=subprocess.DEVNULL
    )
    while resumed.poll() is None:
        with contextlib.suppress(FileNotFoundError):  # all batches go when the run is done
            assert done[0].stat().st_mtime_ns == stamp
        time.sleep(0.05)
    assert resumed.returncode == 0
    assert (tmp_path / "runs" / "ussr_1945.nc").exists()
    assert not list(tmp_path.rglob("*.parts"))


def test_heavy_libraries_wait_for_a_command() -> None:
    code = (
        "import sys, conjuncture.cli; "
        "heavy = {'numpy', 'pandas', 'xarray', 'scipy', 'highspy', 'matplotlib', 'pydantic'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_a_table_is_aggregated_and_comes_back_as_a_workbook(tmp_path: Path) -> None:
    shown = json.loads(call("tables", "show", "usa_1947", "--json").stdout)
    sectors = [row["sector"] for row in shown["sectors"]]
    lines = [f"{sector},{'first' if k < 20 else 'second'}" for k, sector in enumerate(sectors)]
    (tmp_path / "two.csv").write_text("\n".join(["from,to", *lines]), encoding="utf-8")
    command = ("tables", "aggregate", "usa_1947", "two.csv", "two.xlsx", "--rename", "two")
    done = json.loads(call(*command, "--json", cwd=tmp_path).stdout)
    assert (done["sectors"], done["from sectors"], done["faults"]) == (2, 47, [])
    shown = call("tables", "import", "two.xlsx", "two", "--format", "own", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "2 sectors" in shown.stdout
    checked = call("tables", "check", "two", cwd=tmp_path)
    assert "every identity holds" in checked.stdout


def test_a_world_table_is_imported_by_region(tmp_path: Path) -> None:
    import pymrio

    pymrio.load_test().save_all(tmp_path / "world")
    command = ("tables", "import", "world", "reg1", "--format", "pymrio", "--year", "2012",
               "--region", "reg1", "--declare", "--json")  # fmt: skip
    shown = call(*command, cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["faults"] == []
    assert (tmp_path / "reg1" / "flows.csv").exists()
