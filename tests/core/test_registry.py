"""The registry: declared names, one writer, no loop within a year."""

from __future__ import annotations

import pytest

from conjuncture.core.errors import CircularError, InputError
from conjuncture.core.order import order, upstream
from conjuncture.core.priors import Prior
from conjuncture.core.registry import (
    Inputs,
    Mechanism,
    Outputs,
    Parameter,
    Registry,
    mechanism,
)


def _nothing(x: Inputs) -> Outputs:
    return {}


def make(name: str, phase: str = "policy", **fields: object) -> Mechanism:
    base = {"label": name, "sources": ("conjuncture",), "function": _nothing}
    return Mechanism(name=name, phase=phase, **{**base, **fields})  # type: ignore[arg-type]


def test_a_misspelt_variable_is_refused_with_the_nearest() -> None:
    registry = Registry()
    with pytest.raises(InputError, match="did you mean armed_forces"):
        registry.add(make("m", writes=("armed_force",)))


def test_a_misspelt_mechanism_is_refused_with_the_nearest() -> None:
    registry = Registry()
    registry.add(make("harvest", writes=("harvest",)))
    with pytest.raises(InputError, match="did you mean harvest"):
        registry.get("harvst")


def test_a_name_cannot_be_registered_twice() -> None:
    registry = Registry()
    declare = mechanism(
        "x", phase="shocks", sources=("conjuncture",), writes=("harvest",), registry=registry
    )
    declare(_nothing)
    with pytest.raises(InputError, match="twice"):
        declare(_nothing)


def test_readers_follow_writers_whatever_the_order_given() -> None:
    writer = make("writer", writes=("openness",))
    reader = make("reader", reads=("openness",), writes=("labour",))
    later = make("later", phase="production", reads=("labour",), writes=("output",))
    names = [m.name for m in order([later, reader, writer])]
    assert names == ["writer", "reader", "later"]


def test_a_loop_within_a_year_prints_its_chain() -> None:
    a = make("a", reads=("labour",), writes=("openness",))
    b = make("b", reads=("openness",), writes=("labour",))
    with pytest.raises(CircularError, match=r"a <- b <- a") as caught:
        order([a, b])
    assert "last year's value" in str(caught.value)


def test_a_lag_breaks_a_loop() -> None:
    a = make("a", lagged=("labour",), writes=("openness",))
    b = make("b", reads=("openness",), writes=("labour",))
    assert [m.name for m in order([b, a])] == ["a", "b"]


def test_two_writers_and_orphans_are_reported() -> None:
    a, b = make("a", writes=("labour",)), make("b", writes=("labour",))
    with pytest.raises(InputError, match="written by a and by b"):
        order([a, b])
    with pytest.raises(InputError, match="no mechanism of the run writes it"):
        order([make("c", reads=("labour",), writes=("openness",))])


def test_reading_a_flow_of_a_later_phase_is_refused() -> None:
    early = make("early", phase="shocks", reads=("labour",), writes=("harvest",))
    late = make("late", phase="production", writes=("labour",))
    with pytest.raises(CircularError, match="only later in the year"):
        order([early, late])


def test_a_contested_parameter_must_be_symmetric_and_an_assumed_one_reasoned() -> None:
    with pytest.raises(InputError, match="symmetric"):
        Parameter(
            "p", "d", "1", Prior(kind="normal", mean=0.1, sd=1.0), "assumed", "r", contested=True
        )
    with pytest.raises(InputError, match="without a reason"):
        Parameter("p", "d", "1", Prior(kind="fixed", value=1.0), "assumed")


def test_upstream_looks_through_lags_and_stocks() -> None:
    a = make("a", writes=("openness",))
    b = make("b", reads=("openness",), writes=("capital",))
    c = make("c", lagged=("output",), reads=("capital",), writes=("gdp",))
    d = make("d", phase="production", writes=("output",))
    e = make("e", writes=("labour",))
    assert {m.name for m in upstream(["gdp"], [a, b, c, d, e])} == {"a", "b", "c", "d"}
