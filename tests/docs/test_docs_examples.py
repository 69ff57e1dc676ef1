"""The examples of the documentation run, and show what the commands print."""

from __future__ import annotations

from pathlib import Path

import pytest

import docs_examples as docs
from conjuncture.core.files import read_yaml
from conjuncture.data.country import Country, Figure, load_country
from conjuncture.run.scenario import Assumption, Scenario, Theory
from conjuncture.run.start import initial_state
from conjuncture.run.starts.base import Start
from conjuncture.run.starts.own_table import FIGURES, draw_figures
from conjuncture.theory.claims import Claim

MODELS = {
    "theory": (Theory, "scenario"),
    "scenarios": (Scenario, "scenario"),
    "claims": (Claim, "claim"),
    "countries": (Country, "country"),
}


def text(name: str) -> str:
    return (docs.ROOT / name).read_text(encoding="utf-8")


def check_consoles(name: str, shell: docs.Shell) -> int:
    count = 0
    for block in docs.blocks(text(name)):
        if block.language != "console":
            continue
        for command in docs.commands(block.body):
            printed = shell.run(command.line)
            shown = "\n".join(command.shown)
            assert docs.agrees(command.shown, printed), (
                f"{name}: $ {command.line} shows\n{shown}\nbut prints\n" + "\n".join(printed)
            )
            count += 1
    assert shell.code == 0, f"{name}: exit code {shell.code} of the last command is not shown"
    return count


@pytest.mark.parametrize("name", docs.FIRST)
def test_commands_print_what_the_page_shows(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert check_consoles(name, docs.Shell()) > 0


@pytest.mark.slow
def test_the_excerpt_of_the_whole_run_is_real(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = docs.Shell(width=docs.FULL_WIDTH).run(docs.FULL)
    shown = docs.excerpt(text("README.md")).body.splitlines()
    assert docs.agrees(shown, printed), "run scripts/docs_examples.py --full"


def test_pictures_stay_small() -> None:
    pictures = list((docs.ROOT / "docs" / "images").glob("*.png"))
    assert pictures
    assert [p.name for p in pictures if p.stat().st_size > 300_000] == []


@pytest.mark.parametrize("name", [*docs.FIRST, *docs.HOW_TO])
def test_python_blocks_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in docs.blocks(text(name)):
        if block.language == "python" and not block.title:
            exec(compile(block.body, name, "exec"), names)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return docs.extended([text(name) for name in docs.HOW_TO], tmp_path_factory.mktemp("package"))


@pytest.mark.parametrize("name", docs.HOW_TO)
def test_what_is_added_works(
    name: str, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert check_consoles(name, docs.Shell(package)) > 0


@pytest.mark.parametrize("kind", MODELS)
def test_files_that_are_shown_fit_their_form(kind: str, package: Path) -> None:
    model, _ = MODELS[kind]
    shown = [
        block.title
        for name in docs.HOW_TO
        for block in docs.blocks(text(name))
        if kind in Path(block.title).parts or Path(block.title).stem == kind
    ]
    assert shown
    for title in shown:
        read_yaml(package.parent / title, model)


@pytest.mark.parametrize("kind", MODELS)
def test_every_key_is_explained(kind: str) -> None:
    model, page = MODELS[kind]
    below = {"theory": Assumption, "countries": Figure}.get(kind)
    keys = [*model.model_fields, *(below.model_fields if below else ())]
    shown = text(f"docs/how-to/{page}.md")
    assert [key for key in keys if f"`{key}`" not in shown and f"\n{key}:" not in shown] == []


def test_the_figures_that_a_run_needs_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = text("docs/how-to/country.md").split("<!-- figures -->")[1].split("<!-- end")[0]
    asked: set[str] = set()

    class Watched(dict):  # type: ignore[type-arg]
        def __getitem__(self, key: str) -> object:
            asked.add(key)
            return super().__getitem__(key)

    def watched(*arguments: object) -> Watched:
        return Watched(draw_figures(*arguments))  # type: ignore[arg-type]

    monkeypatch.setattr("conjuncture.run.starts.own_table.draw_figures", watched)
    initial_state(Start(1945, ("SUN",), 1, range(1), {}))
    assert asked >= set(FIGURES.values())
    assert {name for name in load_country("SUN").figures if f"`{name}`" in listed} == asked


# The comparison itself --------------------------------------------------------------------


def test_a_difference_is_noticed() -> None:
    printed = ["title", "a  1", "b 2", "end 0.5 s"]
    assert docs.agrees(["title", "...", "b 2", "end ... s"], printed)
    assert docs.agrees(["title", "a 1", "..."], printed)
    assert docs.agrees([], printed)
    assert not docs.agrees(["title", "...", "b 3", "..."], printed)
    assert not docs.agrees(["title", "b 2", "..."], printed)
    assert not docs.agrees(["title", "a 1"], printed)
    assert not docs.agrees(["a 1", "..."], printed)
    assert not docs.agrees(["title", "...", "b 2"], printed)


def test_what_is_shown_is_renewed_in_its_place() -> None:
    shown = ["title", "...", "output 2", "..."]
    printed = ["title", "price 7", "output 35", "end"]
    assert docs.renewed(shown, printed) == ["title", "...", "output 35", "..."]


def test_an_exit_code_cannot_be_passed_over() -> None:
    shell = docs.Shell()
    shell.run("conjuncture sources show no_such_card")
    with pytest.raises(AssertionError, match="exit code 1"):
        shell.run("conjuncture scenarios")
    assert shell.run("echo $?") == ["1"]
