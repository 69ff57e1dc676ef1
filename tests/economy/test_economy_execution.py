"""Whose aims plans follow, how they are met, and what is reported."""

from __future__ import annotations

import numpy as np
import pytest
from economy_inputs import act, switched_off

AIMS = {"bureaucracy": 0.3, "masses": -0.2, "ratchet": 0.5}


def emphasis(now: dict[str, object], met: float = 1.0) -> float:
    found = act("plan_emphasis", now, {"plan_fulfilment": met}, AIMS)
    return float(found["plan_emphasis"][0, 0])


def test_who_administers_sets_the_weight_of_capital() -> None:
    assert emphasis({"administration": 0.0}) == 1.0
    assert emphasis({"administration": 1.0}) == pytest.approx(np.exp(0.3))
    assert emphasis({"administration": 2.0}) == pytest.approx(np.exp(-0.2))
    masses: dict[str, object] = {"administration": 1.0, "lever_mass_administration": 1.0}
    assert emphasis(masses) == pytest.approx(np.exp(-0.2))
    assert emphasis({"administration": 1.0, "lever_no_bureaucracy": 1.0}) == 1.0


def test_the_ratchet_lowers_aims_that_were_missed() -> None:
    assert emphasis({"administration": 0.0}, met=0.9) == pytest.approx(np.exp(-0.05))
    off = switched_off("plan_emphasis", {"administration": 1.0}, {"plan_fulfilment": 0.5})
    assert off["plan_emphasis"].item() == 1.0


GOODS = np.array([10.0, 20.0, *np.zeros(10)])
P = {"padding": 0.5, "audit": 0.2, "control": 1.0}
MET: dict[str, object] = {
    "planning_coverage": 1.0,
    "directed_output": GOODS,
    "output": GOODS,
    "demanded_consumption": GOODS,
    "consumption": GOODS,
    "gdp_index": 100.0,
}


def reported(now: dict[str, object]) -> dict[str, float]:
    return {k: float(v[0, 0]) for k, v in act("plan_execution", MET | now, p=P).items()}


def test_a_plan_that_is_met_needs_no_padding() -> None:
    found = reported({})
    assert (found["plan_fulfilment"], found["shortage"], found["reporting_bias"]) == (1, 0, 0)
    assert found["reported_index"] == 100.0


def test_more_of_one_product_does_not_make_up_for_less_of_another() -> None:
    found = reported({"output": GOODS[[1, 0, *range(2, 12)]]})
    assert found["plan_fulfilment"] == pytest.approx(2 / 3)
    assert found["reporting_bias"] == pytest.approx(0.5 / 3)
    assert found["reported_index"] == pytest.approx(100 * (1 + 0.5 / 3))


def test_padding_stays_in_the_index_until_it_is_found_out() -> None:
    assert reported({"reporting_bias": 0.1})["reporting_bias"] == pytest.approx(0.08)
    half: dict[str, object] = {"output": 0.5 * GOODS}
    below = reported(half | {"administration": 2.0})["reporting_bias"]
    assert below == pytest.approx(np.exp(-1.0) * reported(half)["reporting_bias"])
    off = switched_off("plan_execution", {"gdp_index": 90.0, "reporting_bias": 0.2})
    assert off["reported_index"].item() == 90.0


def test_shortage_is_what_money_cannot_buy_in_a_planned_economy() -> None:
    scarce: dict[str, object] = {"consumption": 0.75 * GOODS}
    assert reported(scarce)["shortage"] == pytest.approx(0.25)
    assert reported(scarce | {"planning_coverage": 0.4})["shortage"] == pytest.approx(0.1)
    assert reported({"consumption": 2 * GOODS})["shortage"] == 0.0
    assert reported({"directed_output": 0.0, "planning_coverage": 0.0})["plan_fulfilment"] == 1.0
