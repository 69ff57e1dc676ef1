"""Shocks: what a file may say, what a run makes of it, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from conjuncture.accounts.library import load_table
from conjuncture.core.errors import Faults, InputError
from conjuncture.core.sources import trace
from conjuncture.data.states import state
from conjuncture.run import scenario as scenarios
from conjuncture.run.ensemble import cards, order_run
from conjuncture.run.scenario import load_scenario, load_theory, scenario_names
from conjuncture.run.shocks import Shock, check_shocks, lever_values
from conjuncture.run.simulate import Spec, simulate

CODES = ("CHN", "DEU_W", "FRA", "GBR", "IND", "SUN", "USA")
AT = {code: k for k, code in enumerate(CODES)}


def small(until: int = 1948) -> Spec:
    return Spec(1945, until, CODES, load_theory("agnostic"), seed=11)


def shock(lever: str, **given: object) -> Shock:
    return Shock.model_validate(
        {"lever": lever, "year": 1946, "territory": ("USA",), "reason": "a test", **given}
    )


def faults_of(*given: Shock) -> str:
    faults = Faults("run")
    check_shocks(given, CODES, faults)
    with pytest.raises(InputError) as caught:
        faults.raise_if_any()
    return str(caught.value)


def test_values_by_partner_are_multiplied_and_the_later_shock_holds() -> None:
    first = shock("lever_aid", values={"FRA": 10.0, "GBR": 20.0}, times=0.5, until=1947)
    second = shock("lever_aid", partner=("GBR", "USA"), value=7.0, year=1947)
    at = {
        year: lever_values((first, second), year, CODES)["lever_aid"] for year in range(1945, 1949)
    }
    assert not at[1945].any()
    assert not at[1948].any()
    assert at[1946][AT["USA"], AT["FRA"]] == 5.0
    assert at[1946][AT["USA"], AT["GBR"]] == 10.0
    assert at[1947][AT["USA"], AT["GBR"]] == 7.0
    assert at[1947][AT["USA"], AT["FRA"]] == 5.0
    assert at[1947][AT["USA"], AT["USA"]] == 0.0  # none is a partner of itself


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (shock("lever_ade", partner=("FRA",)), "lever_aid"),
        (shock("lever_aid"), "needs a partner"),
        (shock("lever_bomb", partner=("FRA",)), "needs a partner"),
        (shock("lever_aid", partner=("FRA",), value=1e12), "shocks.0.value"),
        (shock("lever_aid", values={"FRA": -1.0}), "shocks.0.values.FRA"),
        (shock("lever_aid", values={"FRA": 9e5}, times=10.0), "give a number from 0 to 1e+06"),
        (shock("lever_aid", values={"FRA": 1.0}, partner=("GBR",)), "one of the two"),
        (shock("lever_bomb", territory=("FRE",)), "FRA"),
        (shock("lever_bomb", territory=()), "names no territory"),
        (shock("lever_bomb", until=1940), "ends before it starts"),
        (shock("lever_bomb", reason=""), "neither source nor reason"),
        (shock("lever_bomb", source="marshall"), "marshall_aid_2011"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_remedy(given: Shock, said: str) -> None:
    assert said in faults_of(given)


def test_all_faults_are_told_at_once() -> None:
    text = faults_of(shock("lever_ade"), shock("lever_aid"), shock("lever_bomb", until=1900))
    assert all(f"shocks.{k}" in text for k in range(3))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("USA.capital", 0.0),
        ("USA.capital", 1e12),
        ("CHN.population", 0.0),
        ("SUN.population", 0.0),
        ("FRA.product", 0.0),
        ("IND.agriculture_share_of_product", 0.0),
        ("USA.capital_lost_share", 1.0),
        ("USA.prewar_level", 0.0),
        ("start.participation", 0.0),
    ],
)
def test_no_economy_is_refused_by_field_value_and_remedy(name: str, value: float) -> None:
    with pytest.raises(InputError) as caught:
        replace(small(), settings={name: value}).check()
    text = str(caught.value)
    assert name in text
    assert f"{value}" in text
    assert "give a number from" in text


def test_a_figure_that_no_builder_reads_cannot_be_set() -> None:
    with pytest.raises(InputError, match=r"unknown parameter or figure 'SUN\.capital'"):
        replace(small(), settings={"SUN.capital": 1e6}).check()


EVERYONE = {"territory": CODES, "until": 1948}
ABSURD = {
    "blockade of all": shock("lever_blockade", **EVERYONE),
    "embargo of all": shock("lever_embargo", partner=CODES, **EVERYONE),
    "war of all against all": shock("lever_war", partner=CODES, **EVERYONE),
    "aid of all to all": shock("lever_aid", partner=CODES, value=1e6, **EVERYONE),
    "reparations of all to all": shock("lever_reparations", partner=CODES, value=1e6, **EVERYONE),
    "all colonies gone": shock("lever_independence", **EVERYONE),
    "revolution everywhere": shock("lever_revolution", **EVERYONE),
    "restoration everywhere": shock("lever_restoration", **EVERYONE),
    "boundless arming": shock("lever_arms_race", value=3.0, **EVERYONE),
    "disarmament": shock("lever_arms_race", value=-3.0, **EVERYONE),
    "each annexes each": shock("lever_decree_annex", partner=CODES, **EVERYONE),
    "one annexes all": shock("lever_decree_annex", **{**EVERYONE, "territory": CODES[:-1]},
                             partner=("USA",)),
}  # fmt: skip


@pytest.mark.parametrize("name", ABSURD)
def test_absurd_levers_give_a_finite_history(name: str) -> None:
    """No value is lost to infinity, no stock is negative, and every land has one holder."""
    spec = replace(small(), shocks=(ABSURD[name],))
    spec.check()
    found = simulate(spec, range(2))
    for group in (found.stocks, found.flows):
        assert [key for key, values in group.items() if not np.isfinite(values).all()] == []
    for key in ("population", "capital", "armed_forces", "nuclear"):
        assert found.stocks[key].min() >= 0.0, key
    assert found.flows["consumption"].min() >= -1e-9
    holder = found.stocks["holder"]
    assert ((holder >= 0) & (holder < len(CODES)) & (holder == np.rint(holder))).all()
    assert (found.stocks["population"][:, -1].sum(-1) > 0).all()


def test_with_all_trade_blocked_nothing_crosses_a_border() -> None:
    found = simulate(replace(small(), shocks=(ABSURD["blockade of all"],)), range(2))
    assert not found.flows["trade"].any()


def test_without_colonies_no_tribute_is_paid() -> None:
    found = simulate(replace(small(), shocks=(ABSURD["all colonies gone"],)), range(2))
    assert (found.stocks["status"][:, 2:, AT["IND"]] == 0).all()
    assert not found.flows["colonial_transfer"][:, 1:, AT["IND"]].any()


# The reference shocks -------------------------------------------------------------------

CPI = {1938: 14.1, 1946: 19.5, 1947: 22.3, 1948: 24.1, 1949: 23.8, 1950: 24.1, 1951: 26.0,
       1952: 26.5}  # fmt: skip
"""Consumer price index of the United States (card bls_cpi)."""

QUARTERS = {1948: 3, 1949: 4, 1950: 4, 1951: 4, 1952: 2}
"""Quarters of the European Recovery Program in each year."""


def dollar(year: int) -> float:
    """Return international dollars of 2011 per dollar of a year, as the card derives them."""
    product = 14057.0 * 144688.0 / 1000.0  # United States 1947 (maddison_2023)
    spent = float(load_table("usa_1947").value_added.sum())
    return product / spent * CPI[1947] / CPI[year]


def test_marshall_aid_is_the_published_sums_in_the_money_of_a_run() -> None:
    found = [s for s in load_scenario("1945").shocks if s.lever == "lever_aid"]
    assert [s.year for s in found] == list(QUARTERS)
    for item in found:
        assert (item.until, item.territory) == (None, ("USA",))
        share = QUARTERS[item.year] / sum(QUARTERS.values())
        assert item.times == pytest.approx(share * dollar(item.year), rel=1e-4)
        # 13,325.8 in all, of which 407.0 to no single state
        assert sum(item.values.values()) == pytest.approx(13325.8 - 407.0, abs=0.2)
    given = found[0].values
    assert given["BEL"] + given["LUX"] == pytest.approx(559.3)
    by_product = state("BEL").value("product") / state("LUX").value("product")
    assert given["BEL"] / given["LUX"] == pytest.approx(by_product, rel=0.01)
    assert given["NLD"] + given["IDN"] == pytest.approx(1083.5)


def test_reparations_are_the_treaties_sums() -> None:
    total: dict[str, float] = {}
    for item in load_scenario("1945").shocks:
        if item.lever == "lever_reparations":
            (payer,), year = item.territory, 1946 if item.territory == ("ITA",) else 1938
            years = {"ITA": 7}.get(payer, 8)
            assert item.times == pytest.approx(dollar(year) / years, rel=1e-4)
            total[payer] = sum(item.values.values())
    assert total == {"ROU": 300.0, "FIN": 300.0, "HUN": 300.0, "BGR": 70.0, "ITA": 360.0}


def test_only_events_with_a_card_are_decreed_in_the_reference_run() -> None:
    found = load_scenario("1945").shocks
    assert {item.lever for item in found} == {"lever_aid", "lever_reparations"}
    used = {card.id for card in trace(cards(order_run(load_scenario("1945"))))}
    assert {"crs_r45079", "paris_treaties_1947", "bls_cpi", "maddison_2023"} <= used


# Scenarios that extend another ------------------------------------------------------------

COUNTERFACTUAL = [n for n in scenario_names() if load_scenario(n).extends and n != "agnostic_1945"]
"""Scenarios that differ by shocks; the null differs by its theory."""


def test_the_counterfactuals_are_shipped() -> None:
    assert {
        "revolution_germany_1946",
        "restoration_1946",
        "masses_1946",
        "war_1948",
        "no_marshall",
        "open_trade_1955",
    } <= set(COUNTERFACTUAL)


@pytest.mark.parametrize("name", COUNTERFACTUAL)
def test_a_counterfactual_differs_from_its_base_by_its_own_shocks_alone(name: str) -> None:
    order = order_run(load_scenario(name), members=3, until=1950)
    arms = order.arms()
    assert [arm.name for arm in arms] == [name, "1945"]
    here, base = (arm.spec for arm in arms)
    assert replace(here, shocks=()) == replace(base, shocks=())
    own = set(map(repr, here.shocks)) ^ set(map(repr, base.shocks))
    assert own
    assert all(s.reason for s in here.shocks if s not in base.shocks)


def test_dropping_a_lever_drops_its_inherited_shocks() -> None:
    found = load_scenario("no_marshall").shocks
    assert {item.lever for item in found} == {"lever_reparations"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Scenarios of a test beside the shipped ones."""
    shipped = scenarios._scenarios()
    monkeypatch.setattr(
        scenarios, "_scenarios", lambda: shipped | {p.stem: p for p in tmp_path.glob("*.yaml")}
    )
    return tmp_path


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("drop: [lever_ade]", "lever_aid"),
        ("drop: [lever_bomb]", "1945 sets no such lever"),
        ("compare: true\nterritories: [SUN, USA]\nshown: []\ndrop: [lever_aid, lever_reparations]",
         "has other territories than 1945"),
    ],
)  # fmt: skip
def test_what_an_extension_gets_wrong_is_told(folder: Path, body: str, said: str) -> None:
    text = f'id: own\nextends: "1945"\ntitle: A test\ndescription: A test\n{body}\n'
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        load_scenario("own")


def test_comparing_with_nothing_is_refused(folder: Path) -> None:
    (folder / "own.yaml").write_text(
        "id: own\ntitle: A test\ndescription: A test\nstart: 1945\nuntil: 1950\n"
        "members: 1\nseed: 1\nterritories: [SUN]\ntheory: agnostic\ncompare: true\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="compares itself with nothing"):
        load_scenario("own")


def test_a_chain_of_extensions_hands_down_shocks_but_no_comparison(folder: Path) -> None:
    (folder / "own.yaml").write_text(
        "id: own\nextends: no_marshall\ntitle: A test\ndescription: A test\n", encoding="utf-8"
    )
    found = load_scenario("own")
    assert found.base is None
    assert found.drop == ()
    assert {item.lever for item in found.shocks} == {"lever_reparations"}
