"""Everything that the program has stands in the reference, and the site builds."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import build_reference as reference
from conjuncture.accounts.library import table_names
from conjuncture.core.sources import sources
from conjuncture.core.state import variables
from conjuncture.data.catalog import all_series
from conjuncture.data.country import countries
from conjuncture.data.rules import rules
from conjuncture.data.states import states
from conjuncture.plan.settings import Settings
from conjuncture.run.scenario import mechanisms, parameters, scenario_names, theory_names
from conjuncture.theory.claims import load_claims

ROOT = Path(__file__).parents[2]
CLAIMS = [claim for theory in theory_names() for claim in load_claims(theory)]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return reference.pages()


def help_text(*words: str) -> str:
    from typer.testing import CliRunner

    from conjuncture.cli.app import app

    return CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200"}).output


def test_every_command_and_option_has_its_section(pages: dict[str, str]) -> None:
    sections = re.split(r"^## ", pages["cli.md"], flags=re.MULTILINE)
    found = {section.split(" {#")[0]: section for section in sections[1:]}
    assert list(found) == list(reference.commands())
    for name, section in found.items():
        options = set(re.findall(r"^[│ ]+(--[a-z]+)", help_text(*name.split()[1:]), re.MULTILINE))
        assert "--help" in options
        assert [o for o in sorted(options - {"--help"}) if f"`{o}" not in section] == []


def test_commands_are_found_by_the_help_of_the_program() -> None:
    listed = set(re.findall(r"^[│ ]+([a-z]+)  +\S", help_text(), flags=re.MULTILINE))
    assert listed
    assert listed == {name.split()[1] for name in reference.commands()}


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        ("mechanisms", list(mechanisms())),
        ("claims", CLAIMS),
        ("tables", table_names()),
        ("countries", list(countries())),
        ("states", list(states())),
        ("rules", list(rules())),
        ("sources", list(sources())),
    ],
)
def test_everything_has_its_page_and_its_entry(
    pages: dict[str, str], folder: str, names: list[str]
) -> None:
    assert names
    index = pages[f"{folder}/index.md"]
    assert [n for n in names if f"{folder}/{n}.md" not in pages] == []
    assert [n for n in names if f"]({n}.md)" not in index] == []


def test_every_series_has_its_section_with_all_figures(pages: dict[str, str]) -> None:
    for item in all_series().values():
        section = pages[f"series/{item.variable}.md"].split(f"{{#{item.id}}}")[1].split("\n## ")[0]
        assert [y for y, v in item.values.items() if f"| {y} | {v:g} |" not in section] == []


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("variables.md", [f'id="{name}"' for name in variables()]),
        ("theories.md", [f"{{#{name}}}" for name in theory_names()]),
        ("scenarios.md", [f"{{#{name}}}" for name in scenario_names()]),
        ("plan-settings.md", [f"`{name}`" for name in Settings.model_fields]),
    ],
)
def test_every_entry_stands_on_its_page(pages: dict[str, str], page: str, names: list[str]) -> None:
    assert names
    assert [name for name in names if name not in pages[page]] == []


def test_every_parameter_shows_prior_and_reason(pages: dict[str, str]) -> None:
    for name, item in parameters().items():
        mechanism, short = name.split(".")
        page = pages[f"mechanisms/{mechanism}.md"]
        rows = [line for line in page.splitlines() if line.startswith(f"| `{short}` |")]
        declared = [row for row in rows if f"`{item.prior}`" in row]
        assert declared, name
        assert item.source in declared[0]


def test_every_module_stands_in_the_python_interface(pages: dict[str, str]) -> None:
    package = reference.PACKAGE
    files = [p for p in package.rglob("*.py") if p.parent != package and p.stem != "__init__"]
    names = {
        ".".join(("conjuncture", *p.relative_to(package).with_suffix("").parts)) for p in files
    }
    shown = {
        m
        for path in pages
        if path.startswith("api/")
        for m in re.findall(r"^::: (\S+)$", pages[path], re.MULTILINE)
    }
    assert {n for n in names if n.split(".")[1] != "cli"} == shown


def test_pages_left_from_before_are_removed(tmp_path: Path) -> None:
    (tmp_path / "mechanisms").mkdir()
    (tmp_path / "mechanisms" / "gone.md").write_text("old", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("*", encoding="utf-8")
    assert reference.write(tmp_path) == len(list(tmp_path.rglob("*.md")))
    assert not (tmp_path / "mechanisms" / "gone.md").exists()
    assert (tmp_path / ".gitignore").exists()


def build(site: Path) -> None:
    script = ROOT / "scripts" / "build_reference.py"
    subprocess.run([sys.executable, script], check=True, stdout=subprocess.DEVNULL)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", site]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_site_builds_strictly_and_needs_no_network(tmp_path: Path) -> None:
    build(tmp_path)
    front = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "Conjuncture" in front
    loaded = re.compile(r'<(?:script|img|iframe|link)\b[^>]*(?:src|href)="(?:https?:)?//[^"]*"')
    for page in tmp_path.rglob("*.html"):
        content = page.read_text(encoding="utf-8")
        assert loaded.findall(content) == [], page
        assert "arithmatex" not in content, f"{page}: a formula is not drawn"


# Dependencies -----------------------------------------------------------------------------


def dependencies() -> dict[str, set[str]]:
    """Return the packages that pyproject.toml names: needed to run, and all."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    optional = [r for rows in project["project"]["optional-dependencies"].values() for r in rows]
    groups = [r for rows in project["dependency-groups"].values() for r in rows]
    hard = project["project"]["dependencies"]
    every = [*hard, *optional, *(r for r in groups if isinstance(r, str))]

    def names(rows: list[str]) -> set[str]:
        found = {re.match(r"[A-Za-z0-9_.-]+", row)[0] for row in rows}  # type: ignore[index]
        return found - {"conjuncture"}

    return {"hard": names(hard), "all": names(every)}


def licence(name: str) -> str | None:
    """Return the licence that the metadata of an installed package state."""
    try:
        data = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    kinds = [c.split(" :: ")[-1] for c in data.get_all("Classifier") or [] if "License ::" in c]
    return data.get("License-Expression") or "; ".join(kinds) or (data.get("License") or "")[:80]


def test_every_dependency_is_listed_with_its_licence() -> None:
    page = (ROOT / "docs" / "design" / "dependencies.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([^`]+)` \| ([^|]+?) \|", page, re.MULTILINE))
    found = dependencies()
    assert {name.lower() for name in rows} == {name.lower() for name in found["all"]}
    for name, stated in rows.items():
        told = licence(name)
        if told is None:
            continue  # the group that builds the tables may not be installed
        words = {"BSD": "BSD", "LGPLv3": "LGPLv3"}.get(stated, stated)
        assert words in told, f"{name}: the page says {stated}, its metadata {told}"


def test_no_hard_dependency_is_under_the_gpl() -> None:
    seen, queue = set[str](), sorted(dependencies()["hard"])
    while queue:
        name = queue.pop()
        told = licence(name)
        if name in seen or told is None:
            continue
        seen.add(name)
        assert "GPL" not in told, f"{name}: {told}"
        assert "General Public" not in told, f"{name}: {told}"
        needed = importlib.metadata.requires(name) or []
        queue += [re.split(r"[^A-Za-z0-9_.-]", r)[0] for r in needed if "extra ==" not in r]
    assert seen >= dependencies()["hard"]
