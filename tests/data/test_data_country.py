"""Country files: what may start a run, and what the shipped one holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from conjuncture.core.errors import InputError
from conjuncture.core.sources import ASSUMED, source
from conjuncture.data.catalog import figures
from conjuncture.data.country import load_country, read_country
from conjuncture.data.sectors import SECTORS

SUN = load_country("SUN")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gdp_index", 82.3601),
        ("material_product_index", 83),
        ("industry_index", 92),
        ("fixed_assets_index", 86),
        ("employment_index", 84),
        ("output_index_agriculture", 60),
        ("output_index_machinery", 129),
        ("armed_forces", 12_100),
        ("population", 170_548),
        ("working_age_population", 104_894),
        ("steel", 12_252),
        ("wealth_lost_share", 0.25),
        ("human_assets_lost", 0.185),
        ("armed_forces_peace", (1433 + 1566 + 1789) / 3),
        ("military_pay", 9.3 / 4300),
        ("prewar_growth", (3417 * 195_970 / (2184 * 169_269)) ** (1 / 12) - 1),
        ("prewar_productivity_growth", (3417 / 2184) ** (1 / 12) - 1),
        ("population_growth", (168_524 / 148_657) ** (1 / 12) - 1),
    ],
)
def test_figures_are_the_published_ones(name: str, value: float) -> None:
    assert SUN.value(name) == pytest.approx(value, rel=1e-5)


def test_harvest_spread_by_another_way() -> None:
    """Residuals of a least-squares fit by the normal equations."""
    values = figures("grain_harvest_revised_soviet", "fit", range(1928, 1941))
    design = np.column_stack([np.ones(13), np.arange(13)])
    logs = np.log(list(values.values()))
    beta = np.linalg.solve(design.T @ design, design.T @ logs)
    spread = np.sqrt(np.sum((logs - design @ beta) ** 2) / 11)
    assert SUN.value("harvest_sd") == pytest.approx(spread, rel=1e-5)


def test_nothing_of_it_was_kept_for_judging() -> None:
    for name, item in SUN.figures.items():
        assert item.use in {"start", "fit", "structural"}, name
        if item.use != "structural":
            assert item.last_year <= 1945 or item.date == "1946-01-01", name
        if item.source == ASSUMED:
            assert item.prior is not None, name
            assert item.reason, name
        else:
            source(item.source)


def test_priors_hold_their_values_and_quantiles_rise() -> None:
    u = np.linspace(0.01, 0.99, 50)
    for item in SUN.figures.values():
        if item.prior is not None:
            drawn = item.prior.quantile(u)
            assert (np.diff(drawn) > 0).all()
            assert drawn[0] <= item.value <= drawn[-1] * (1 + 1e-9)


def test_capacity_leaves_the_output_of_1945_feasible() -> None:
    used = SUN.by_sector("capacity_utilisation", SECTORS)
    assert tuple(used) == SECTORS
    assert all(0 < item.value <= 1 for item in used.values())
    shifts = SUN.by_sector("shift_working", SECTORS)
    assert set(shifts) == {"machinery", "construction"}
    assert SUN.value("shift_working_machinery") == pytest.approx(1.29 / 0.95, rel=1e-5)


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean prewar_growth"):
        SUN.figure("prewar_groth")
    with pytest.raises(InputError, match="did you mean SUN"):
        load_country("SUM")


GOOD = {"value": 1.0, "unit": "1", "date": "1945", "source": "harrison_1998", "use": "start"}
PRIOR = {"kind": "uniform", "low": 0.0, "high": 2.0}


def write(tmp_path: Path, **changes: object) -> Path:
    item = {key: value for key, value in (GOOD | changes).items() if value is not None}
    data = {"id": "XXX", "title": "X", "table": "t", "figures": {"f": item}}
    path = tmp_path / "XXX.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def test_sound_figures_are_read(tmp_path: Path) -> None:
    assert read_country(write(tmp_path)).value("f") == 1.0
    assert read_country(write(tmp_path, date="1946-01-01")).value("f") == 1.0
    assert read_country(write(tmp_path, date="1950", use="structural")).value("f") == 1.0
    path = write(tmp_path, source="assumed", prior=PRIOR, reason="because")
    assert read_country(path).cards() == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"use": "judge"}, "must not start a run"),
        ({"date": "1947"}, "observed after 1945"),
        ({"date": "1946"}, "observed after 1945"),
        ({"date": "1940/1950", "use": "fit"}, "observed after 1945"),
        ({"date": "lately"}, "date must name a year"),
        ({"unit": " "}, "needs a unit"),
        ({"source": "harison_1998"}, "did you mean harrison_1998"),
        ({"source": "assumed"}, "needs a prior and a reason"),
        ({"source": "assumed", "prior": PRIOR}, "needs a prior and a reason"),
        ({"value": 3.0, "prior": PRIOR}, "impossible under its own prior"),
        ({"value": float("nan")}, "finite"),
        ({"vale": 1.0}, "unknown key 'vale'"),
        ({"also": ["cow"]}, "unknown source"),
    ],
)
def test_faulty_figures_are_refused(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read_country(write(tmp_path, **changes))
