"""Economies under regimes in the run of the whole world: identities of every year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from conjuncture.run.scenario import load_scenario, load_theory
from conjuncture.run.shocks import Shock
from conjuncture.run.simulate import Spec, Trajectory, simulate

Array = npt.NDArray[np.float64]

SCENARIO = load_scenario("1945")
UNTIL = 1951
AT = {code: k for k, code in enumerate(SCENARIO.territories)}
SHOCKS = (
    Shock(lever="lever_aid", year=1947, until=1950, territory=("USA",), partner=("GBR", "FRA"),
          value=20000.0, reason="a test"),
    Shock(lever="lever_reparations", year=1946, until=1949, territory=("DEU_E",),
          partner=("SUN",), value=4000.0, reason="a test"),
    Shock(lever="lever_restoration", year=1948, territory=("SUN",), reason="a test"),
)  # fmt: skip


def spec(*shocks: Shock) -> Spec:
    return Spec(
        start=SCENARIO.start,
        until=UNTIL,
        territories=SCENARIO.territories,
        theory=load_theory("agnostic"),
        seed=3,
        shocks=shocks,
    )


@pytest.fixture(scope="module")
def run() -> Trajectory:
    return simulate(spec(*SHOCKS), range(2))


def test_what_is_received_is_paid_in_every_year(run: Trajectory) -> None:
    received, paid = (run.flows[f"transfer_{k}"].sum(-1) for k in ("received", "paid"))
    assert (received > 0).all()
    np.testing.assert_allclose(received, paid, rtol=1e-9)
    for name in ("colonial_transfer", "debt_service"):
        net, gross = run.flows[name].sum(-1), np.abs(run.flows[name]).sum(-1)
        assert (np.abs(net) <= 1e-9 * np.maximum(gross, 1.0)).all(), name


def test_what_is_received_has_a_kind(run: Trajectory) -> None:
    """Gross receipts less payments are tribute, aid, reparations and service, net."""
    f = run.flows
    net = f["transfer_received"] - f["transfer_paid"]
    known = f["colonial_transfer"] - f["debt_service"] + f["aid_received"]
    known = known + f["reparations_received"]
    rest = known - net  # aid and reparations given away by their payers
    assert (rest >= -1e-6).all()
    given = (f["aid_received"] + f["reparations_received"]).sum(-1)
    np.testing.assert_allclose(rest.sum(-1), given, rtol=1e-9, atol=1e-6)


def test_levers_arrive_in_their_years(run: Trajectory) -> None:
    years = np.arange(SCENARIO.start + 1, UNTIL + 1)
    aid = run.flows["aid_received"][..., AT["FRA"]]
    on = (years >= 1947) & (years <= 1950)
    assert (aid[:, on] >= 20000.0).all()
    assert (aid[:, ~on] < 20000.0).all()
    plant = run.flows["plant_taken"][..., AT["DEU_E"]]
    assert (plant[:, years <= 1949] > 0).all()
    assert (plant[:, years > 1949] == 0).all()
    owed = run.flows["debt_service"][..., AT["GBR"]]
    assert (owed[:, years > 1947] > 0).all()  # part of the aid was lent


def test_the_change_of_the_share_is_its_flow_and_stays_in_bounds(run: Trajectory) -> None:
    share = run.stocks["statified_share"]
    assert ((share >= 0) & (share <= 1)).all()
    np.testing.assert_allclose(np.diff(share, axis=1), run.flows["statification"], atol=1e-12)


def test_restoration_gives_property_back_at_a_price() -> None:
    """In peace, on the same draws: alike until the year, apart from then on."""
    peace = replace(spec(), until=1949, off=frozenset({"dispute_hazard", "ending"}))
    kept = simulate(peace, range(1))
    back = simulate(replace(peace, shocks=SHOCKS[2:]), range(1))
    k, year = AT["SUN"], 1948 - SCENARIO.start
    shares = [run.stocks["statified_share"][..., k] for run in (kept, back)]
    np.testing.assert_array_equal(shares[0][:, :year], shares[1][:, :year])
    assert (shares[1][:, year] < shares[0][:, year] - 0.1).all()
    assert (shares[1][:, year + 1] < shares[1][:, year]).all()
    for name in ("disorganisation", "regime_loss", "cadres_lost", "people_lost_share"):
        before, after = (run.flows[name][:, year - 1, k] for run in (kept, back))
        assert (after > before).all(), name
    idle = back.flows["capacity_use"][:, year, k] < kept.flows["capacity_use"][:, year, k]
    product = back.flows["gdp_world"][:, year, k] < kept.flows["gdp_world"][:, year, k]
    assert (idle | product).all()


@pytest.mark.parametrize(
    "name",
    ["absorption", "crisis", "disorganisation", "market_breadth", "plan_fulfilment",
     "shortage", "regime_loss", "cadres_lost", "people_lost_share"],
)  # fmt: skip
def test_shares_are_shares(run: Trajectory, name: str) -> None:
    value: Array = run.flows[name]
    assert ((value >= 0) & (value <= 1 + 1e-12)).all()


def test_reports_are_what_was_made_and_what_was_padded(run: Trajectory) -> None:
    bias = run.stocks["reporting_bias"][:, 1:]
    made = run.flows["gdp_index"]
    np.testing.assert_allclose(run.flows["reported_index"], made * (1 + bias), rtol=1e-12)
    assert (bias >= 0).all()


def test_a_world_without_transfers_pays_nothing() -> None:
    off = replace(spec(*SHOCKS), off=frozenset({"transfers"}), until=1946)
    assert not simulate(off, range(1)).flows["transfer_paid"].any()
