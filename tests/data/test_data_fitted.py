"""Fitted parameters as shipped: complete, reproducible, read with all faults."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from conjuncture.core.errors import InputError
from conjuncture.core.files import content_root
from conjuncture.core.priors import Prior
from conjuncture.core.sources import sources
from conjuncture.data.fitted import FittedMechanism, fitted, fitted_parameter, load_fitted
from conjuncture.fit.catalog import FITS
from conjuncture.fit.compare import Change, changes, deviation
from conjuncture.fit.refit import refit
from conjuncture.fit.write import text, write_fitted
from conjuncture.run.scenario import load_scenario, load_theory, mechanisms

SHIPPED = load_fitted(content_root() / "fitted")


def test_what_is_fitted_is_what_is_shipped() -> None:
    assert set(fitted()) == {f"{f.mechanism}.{w.name}" for f in FITS.values() for w in f.wanted}
    for name, parameter in fitted().items():
        fit = FITS[name.split(".")[0]]
        (wanted,) = [w for w in fit.wanted if w.name == name.split(".")[1]]
        assert parameter.before == wanted.prior()
        assert parameter.window == fit.window
        assert (parameter.source, *parameter.also) == fit.cards
        assert set(fit.cards) <= set(sources())


def test_shipped_series_give_the_shipped_figures() -> None:
    for name, found in refit().items():
        assert yaml.safe_load(text(found)) == yaml.safe_load(text(SHIPPED[name]))


def test_data_narrow_every_prior() -> None:
    for name, parameter in fitted().items():
        assert parameter.before is not None
        assert deviation(parameter.prior) < deviation(parameter.before), name
        assert parameter.estimate is not None
        between = sorted([parameter.estimate, parameter.before.centre])
        if not parameter.correlations:
            slack = 0.35 * (deviation(parameter.prior) + (parameter.error or 0))
            assert between[0] - slack <= parameter.prior.centre <= between[1] + slack, name


def test_fitted_priors_stay_within_the_limits_that_mechanisms_declare() -> None:
    met = 0
    for item in mechanisms().values():
        for parameter in item.parameters:
            found = fitted().get(item.qualified(parameter.name))
            if found is None:
                continue
            met += 1
            low, high = found.prior.quantile(np.array([1e-6, 1 - 1e-6]))
            assert parameter.limits[0] <= low <= high <= parameter.limits[1], parameter.name
            assert not parameter.contested, "a contested sign is left to theories"
    assert met > 50


def test_one_is_found_by_name() -> None:
    assert fitted_parameter("growth.trend") is fitted()["growth.trend"]
    with pytest.raises(InputError, match=r"growth\.trend"):
        fitted_parameter("growth.trnd")


def test_every_fault_of_every_file_is_told(tmp_path: Path) -> None:
    good = {
        "prior": {"kind": "normal", "mean": 1.0, "sd": 0.5},
        "window": "1900-1938", "observations": 10, "source": "maddison_2023", "method": "m",
    }  # fmt: skip
    files = {
        "one": {"a": good | {"window": "1900-1950"}, "b": good | {"window": "to 1938"}},
        "two": {
            "c": good | {"source": "madison_2023", "window": "1938-1900"},
            "d": good | {"prior": {"kind": "fixed", "value": 1.0}},
        },
        "three": {"e": good | {"observations": 0, "windw": ""}},
    }
    for name, parameters in files.items():
        content = {"mechanism": "one", "parameters": parameters}
        (tmp_path / f"{name}.yaml").write_text(yaml.dump(content))
    with pytest.raises(InputError) as caught:
        load_fitted(tmp_path)
    told = "\n".join(str(fault) for fault in caught.value.faults)
    for part in (
        "parameters.a.window: reaches beyond 1945", "parameters.b.window: is no window",
        "two.yaml: mechanism", "did you mean maddison_2023", "ends before it starts",
        "leaves nothing open", "observations", "did you mean window",
    ):  # fmt: skip
        assert part in told
    assert len(caught.value.faults) == 8


def test_files_are_written_whole_and_read_back(tmp_path: Path) -> None:
    some = {name: SHIPPED[name] for name in ("growth", "escalation")}
    paths = write_fitted(tmp_path / "new" / "folder", some)
    assert load_fitted(tmp_path / "new" / "folder") == some
    assert sorted(p.name for p in paths[0].parent.iterdir()) == ["escalation.yaml", "growth.yaml"]
    (tmp_path / "taken").write_text("")
    with pytest.raises(InputError, match="is a file, not a folder"):
        write_fitted(tmp_path / "taken", some)


# What the data did ----------------------------------------------------------------------


def test_every_parameter_of_the_theory_is_listed() -> None:
    theory = load_theory(load_scenario("1945").theory)
    own = {f"{name}.{p.name}" for name in theory.mechanisms for p in mechanisms()[name].parameters}
    found = {change.name: change for change in changes("1945", SHIPPED)}
    assert set(found) == own | set(fitted())
    for name in own - set(fitted()):
        assert found[name].after is None
        assert found[name].shift is None
    assert {name for name, change in found.items() if change.used} == own
    assert [c.name for c in changes("1945", SHIPPED, ["recovery"])] == [
        "recovery.speed", "recovery.qualification", "recovery.spread",
    ]  # fmt: skip


def test_shift_and_narrowing_are_in_deviations_of_the_prior() -> None:
    after = (
        SHIPPED["growth"]
        .parameters["trend"]
        .model_copy(update={"prior": Prior(kind="normal", mean=2.5, sd=0.5)})
    )
    change = Change("growth.trend", "", Prior(kind="normal", mean=1.0, sd=2.0), after, used=False)
    assert change.shift == pytest.approx(0.75)
    assert change.narrowing == pytest.approx(0.25)


def test_the_mechanism_s_own_prior_is_the_one_that_moves() -> None:
    """A parameter of the theory is compared with what a run would draw without the fit."""
    some = SHIPPED["growth"].parameters["trend"]
    made = {"technique": FittedMechanism(mechanism="technique", parameters={"trend": some})}
    (found,) = [c for c in changes("1945", made, ["technique"]) if c.name == "technique.trend"]
    (declared,) = [p for p in mechanisms()["technique"].parameters if p.name == "trend"]
    assert found.used
    assert found.before == declared.prior
    assert found.unit == declared.unit
