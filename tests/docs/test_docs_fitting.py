"""The page on fitting is what the files say, and its code runs."""

from __future__ import annotations

import re

import build_fitting_tables as maker
from conjuncture.core.files import read_text
from conjuncture.data.fitted import fitted
from conjuncture.fit.catalog import FITS
from conjuncture.fit.files import FILES
from conjuncture.fit.system import MEMORY, SCALE, WEIGHT

PAGE = read_text(maker.PAGE)


def test_the_tables_are_those_of_the_files() -> None:
    assert maker.filled(PAGE) == PAGE, "run scripts/build_fitting_tables.py"


def test_everything_has_its_row() -> None:
    for name in (*fitted(), *FITS, *FILES):
        assert f"| `{name}` |" in PAGE


def test_the_code_of_the_page_runs() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    for block in blocks:
        exec(compile(block, "fitting.md", "exec"), {})


def test_the_covariates_are_those_of_the_code() -> None:
    assert f"exp(-1/{MEMORY:g})" in PAGE
    assert f"ln(km / {SCALE:g})" in PAGE
    assert f"/ {WEIGHT:g})" in PAGE


def test_what_the_page_says_of_the_figures_holds() -> None:
    """The sentences on the results, as conditions on the fitted figures."""

    def clear(name: str) -> bool:
        found = fitted()[name]
        assert found.estimate is not None
        assert found.error is not None
        return abs(found.estimate) > 2 * found.error

    told = ("recent", "contiguous", "weight")
    assert all(clear(f"dispute_hazard.{name}") for name in told)
    assert fitted()["dispute_hazard.recent"].prior.centre > 2
    unclear = (
        "dispute_hazard.parity", "dispute_hazard.allied", "arms.reaction",
        "alliance_formation.common_threat", "growth.catch_up", "elections.extremes",
    )  # fmt: skip
    assert not any(clear(name) for name in unclear)
    assert clear("escalation.parity")
    assert fitted()["escalation.parity"].prior.centre > 0
    assert clear("alliance_formation.recent")
    assert clear("alliance_formation.distance")
    assert abs(fitted()["recovery.speed"].prior.centre - 0.1) < 0.02
    assert -0.04 < fitted()["elections.cost_of_ruling"].prior.centre < -0.03
    assert fitted()["elections.economic_vote"].prior.centre > 0
    assert fitted()["elections.extremes"].prior.centre > 0
    assert fitted()["independence.base"].events == 12
    assert fitted()["war_capital.ratio"].observations == 5
    assert fitted()["war_outcome.draw"].observations == 57
