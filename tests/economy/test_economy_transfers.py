"""What one territory receives another pays; payers pay no more than they can."""

from __future__ import annotations

import numpy as np
import pytest
from economy_inputs import act, random_inputs, switched_off
from hypothesis import given
from hypothesis import strategies as st

from conjuncture.core.registry import REGISTRY

TRIBUTE = {"rate": 0.1, "dependent": 0.5, "subsistence": 500.0}


def tribute(status: float, troops: float = -1.0, head: float = 1000.0) -> np.ndarray:
    """A metropole (0), a territory in question (1), a third state (2)."""
    found = act(
        "colonial_tribute",
        {"holder": [0, 0, 2], "status": [0, status, 0], "troops": [-1, troops, -1]},
        {"gdp_world": [9000.0, 1000.0, 5000.0], "gdp_per_head": [8000.0, head, 5000.0]},
        TRIBUTE,
        count=3,
    )
    return np.asarray(found["tribute_claim"][0])


def test_a_colony_pays_its_holder_from_its_surplus() -> None:
    claim = tribute(3.0)
    assert claim[1, 0] == pytest.approx(0.1 * 0.5 * 1000.0)
    assert claim.sum() == claim[1, 0]
    assert tribute(3.0, head=450.0).sum() == 0.0  # no surplus, no tribute
    assert tribute(3.0, head=1e9)[1, 0] == pytest.approx(100.0)  # all of the product is surplus


def test_occupied_and_buffer_territories_pay_the_power_whose_troops_stand_there() -> None:
    for status in (1.0, 2.0):
        claim = tribute(status, troops=2.0)
        assert claim[1, 2] == pytest.approx(25.0)
        assert claim.sum() == claim[1, 2]
        assert tribute(status).sum() == 0.0  # no troops, nobody to pay
    assert tribute(0.0, troops=2.0).sum() == 0.0
    assert tribute(4.0).sum() == 0.0  # what is annexed shares its holder's accounts
    assert not switched_off("colonial_tribute", count=2)["tribute_claim"].any()


def test_dismantling_takes_no_more_than_stands() -> None:
    due = np.zeros((2, 2))
    due[0, 1] = 100.0
    p = {"plant": 0.6, "usable": 0.5, "pace": 1.0}
    capital = np.full((2, 12), 10.0)
    found = act("reparations", {"lever_reparations": due, "capital": capital}, p=p, count=2)
    np.testing.assert_allclose(found["plant_taken"][0], [60.0, 0.0])
    np.testing.assert_allclose(found["plant_received"][0], [0.0, 30.0])
    assert found["reparation_claim"][0, 0, 1] == pytest.approx(40.0)
    little = act("reparations", {"lever_reparations": due, "capital": 0.1 * capital}, p=p, count=2)
    assert little["plant_taken"][0, 0] == pytest.approx(7.0)  # seven sectors of industry
    slow = {**p, "pace": 0.1}
    found = act("reparations", {"lever_reparations": due, "capital": capital}, p=slow, count=2)
    assert found["plant_taken"][0, 0] == pytest.approx(7.0)  # a tenth of seventy
    off = switched_off("reparations", {"lever_reparations": due, "capital": capital}, count=2)
    assert off["reparation_claim"][0, 0, 1] == 100.0


def test_a_debt_is_served_and_grows_by_what_is_not_paid() -> None:
    p = {"share": 0.25, "interest": 0.03, "repayment": 0.05}
    aid, debt = np.zeros((2, 2)), np.zeros((2, 2))
    aid[0, 1], debt[1, 0] = 40.0, 200.0
    found = act("credits", {"lever_aid": aid, "debt": debt}, p=p, count=2)
    assert found["service_claim"][0, 1, 0] == pytest.approx(16.0)
    assert found["owed"][0, 1, 0] == pytest.approx(206.0 + 10.0)
    now = {
        "service_claim": found["service_claim"],
        "owed": found["owed"],
        "lever_aid": aid,
        "debt": debt,
    }
    paid = act("transfers", now, {"gdp_world": [1e6, 1e6]}, {"capacity": 0.1}, count=2)
    assert paid["debt"][0, 1, 0] == pytest.approx(200.0)  # ten lent, ten repaid
    assert paid["aid_received"][0, 1] == 40.0
    np.testing.assert_allclose(paid["debt_service"][0], [-16.0, 16.0])
    broke = act("transfers", now, {"gdp_world": [1e6, 0.0]}, {"capacity": 0.1}, count=2)
    assert broke["debt"][0, 1, 0] == pytest.approx(216.0)
    given_away = switched_off("credits", {"lever_aid": aid, "debt": debt}, count=2)
    assert given_away["owed"][0, 1, 0] == 200.0


@given(st.integers(0, 10_000))
def test_what_is_received_is_paid_and_no_payer_pays_beyond_its_capacity(seed: int) -> None:
    x = random_inputs("transfers", np.random.default_rng(seed), count=6)
    found = REGISTRY.get("transfers").function(x)
    received, paid = found["transfer_received"].sum(-1), found["transfer_paid"].sum(-1)
    np.testing.assert_allclose(received, paid, rtol=1e-12)
    for key in ("colonial_transfer", "debt_service"):
        scale = np.abs(found[key]).sum(-1)
        assert (np.abs(found[key].sum(-1)) <= 1e-9 * np.maximum(scale, 1.0)).all()
    forced = found["transfer_paid"] - x.now.lever_aid.sum(-1)
    assert (forced <= x.p.capacity * x.lag.gdp_world * (1 + 1e-9)).all()
    assert (found["debt"] >= 0.0).all()


def test_off_nothing_is_transferred() -> None:
    aid = np.array([[0.0, 5.0], [0.0, 0.0]])
    found = switched_off("transfers", {"lever_aid": aid}, count=2)
    assert not found["transfer_received"].any()
