"""Verdicts: never circular, never without the null, checkable by hand on the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from conjuncture.core.errors import InputError
from conjuncture.core.files import read_yaml
from conjuncture.core.priors import Prior
from conjuncture.data.catalog import all_series, figures
from conjuncture.run import scenario
from conjuncture.run.ensemble import order_run, run
from conjuncture.run.scenario import Assumption, Theory, load_scenario, load_theory, mechanisms
from conjuncture.theory import verdict
from conjuncture.theory.checks import Path as Along
from conjuncture.theory.checks import holds
from conjuncture.theory.claims import Claim, GrowsFaster, Reaches, load_claims
from conjuncture.theory.evidence import gather
from conjuncture.theory.judge import acting, extra_arms, judge, run_extra
from conjuncture.theory.verdict import by_record, mechanical, suspects

PABLO = "pablo_1945"


@pytest.fixture
def claim() -> Claim:
    return load_claims(PABLO)["C13"]


def shares(**values: float) -> Callable[[str, int], float]:
    named = {name.replace("off_", "off:"): value for name, value in values.items()}
    return lambda arm, _horizon: named[arm]


def decide(claim: Claim, of: Theory, **values: float) -> str:
    arms = [name.replace("off_", "off:") for name in values]
    return mechanical(claim, of, shares(**values), arms).kind


ECONOMY = (
    "war_damage",
    "investment_technology",
    "harvest",
    "property_regime",
    "conversion",
    "technique",
    "recovery",
    "claims",
    "five_year_plan",
    "market_orders",
    "production",
    "accumulation",
    "national_accounts",
    "demobilisation",
)


def small() -> Theory:
    """The essay's theory of one economy: few mechanisms, one assumption."""
    whole = load_theory(PABLO)
    only = tuple(a for a in whole.assumptions if a.parameter == "technique.planning_effect")
    return whole.model_copy(update={"mechanisms": ECONOMY, "assumptions": only})


SWITCHED = ("technique", "war_damage", "investment_technology", "recovery", "harvest")
OFF = {"unassumed": 0.5} | {f"off_{name}": 1.0 for name in (*SWITCHED, "conversion")}


def test_a_claim_true_with_and_without_suspects_but_not_under_the_null_is_implied(
    claim: Claim,
) -> None:
    assert decide(claim, small(), theory=0.97, null=0.5, **OFF) == "implied"


def test_a_claim_that_is_rarely_true_is_not_implied(claim: Claim) -> None:
    assert decide(claim, small(), theory=0.7, null=0.1, **OFF) == "not implied"


def test_a_claim_as_often_true_under_the_null_is_not_implied(claim: Claim) -> None:
    assert decide(claim, small(), theory=0.99, null=0.98, **OFF) == "not implied"


def test_a_lead_over_the_null_that_needs_no_assumption_is_not_implied(claim: Claim) -> None:
    """The null's own spread must not stand in for what the theory asserts."""
    without = OFF | {"unassumed": 0.97}
    assert decide(claim, small(), theory=1.0, null=0.9, **without) == "not implied"


@pytest.mark.parametrize("name", SWITCHED)
def test_every_mechanism_upstream_is_switched_off_in_turn(claim: Claim, name: str) -> None:
    """Also those that cite nothing: the guard follows the flow of data."""
    assert name in suspects(claim, small())
    off = OFF | {f"off_{name}": 0.2}
    assert decide(claim, small(), theory=1.0, null=0.1, **off) == "assumed"


def test_structural_years_of_judged_series_are_declared() -> None:
    """Weights of 1950 are the only judged figures that the start has seen."""
    judged = {m.variable for c in load_claims(PABLO).values() for m in c.measures}
    shared = {s.id: sorted(s.structural) for s in all_series().values() if s.variable in judged}
    assert {name: years for name, years in shared.items() if years} == {
        "gdp_index_maddison": [1950],
        "industry_index_narkhoz_1965": [1950],
        "material_product_index_narkhoz_1965": [1950],
    }
    claim = load_claims(PABLO)["C13"]
    texts = {e.series: e.text for e in gather(claim, 1945, 5)}
    assert "structural" in texts["gdp_index_maddison"]


def test_the_record_is_judged_on_the_claims_own_horizon() -> None:
    order = order_run(load_scenario("ussr_1945"), members=2, until=1946)
    found = {v.claim.id: v for v in judge(order, run(order), run_extra(order))}
    assert found["C13"].record == "borne out"
    assert "cut to the run's window" in found["C13"].claim.horizon.note


def test_a_claim_that_needs_a_suspect_mechanism_is_assumed(claim: Claim) -> None:
    off = OFF | {"off_technique": 0.3}
    assert decide(claim, small(), theory=0.97, null=0.5, **off) == "assumed"


def test_a_planted_circular_mechanism_without_a_switch_is_assumed(
    claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mechanism upstream that cites the claim's paragraph and cannot be switched off."""
    planted = dict(mechanisms())
    planted["accumulation"] = replace(planted["accumulation"], paragraphs=("1.17",))
    monkeypatch.setattr(verdict, "mechanisms", lambda: planted)
    theory = small()
    assert "accumulation" in suspects(claim, theory)
    assert decide(claim, theory, theory=1.0, null=0.1, **OFF) == "assumed"


def test_an_assumption_of_the_theory_upstream_is_suspect_whatever_it_cites(claim: Claim) -> None:
    planted = small().model_copy(
        update={
            "assumptions": (
                Assumption(
                    parameter="demobilisation.pace",
                    prior=Prior(kind="fixed", value=0.9),
                    reason="planted, citing nothing",
                ),
            )
        }
    )
    assert "demobilisation" in suspects(claim, planted)


def test_mechanisms_that_cannot_reach_the_measure_are_not_suspect(
    claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = dict(mechanisms())
    planted["national_accounts"] = replace(
        planted["national_accounts"], writes=("steel",), paragraphs=("1.17",)
    )
    monkeypatch.setattr(verdict, "mechanisms", lambda: planted)
    assert "national_accounts" not in suspects(claim, small())


def test_the_null_is_the_theory_that_asserts_nothing() -> None:
    order = order_run(load_scenario("ussr_1945"), members=3, until=1947)
    arms = extra_arms(order)
    assert arms["null"].theory.id == "agnostic"
    assert arms["null"].settings == order.spec().settings
    asserted = {a.parameter for a in acting(order.spec()).assumptions}
    assert set(arms["unassumed"].settings) == asserted
    assert arms["unassumed"].settings["technique.planning_effect"] == 0.0
    assert not any(name.startswith("antagonism.") for name in asserted)
    own = {name for name in asserted if name.startswith("technique.")}
    assert arms["off:technique"].settings == dict.fromkeys(own, 0.0)
    assert arms["off:harvest"].settings == {}
    agnostic = load_theory("agnostic")
    assert agnostic.assumptions == ()
    assert agnostic.mechanisms == load_theory(PABLO).mechanisms


def test_a_whole_run_is_judged_in_three_columns() -> None:
    order = order_run(load_scenario("ussr_1945"), members=4, until=1950)
    verdicts = {v.claim.id: v for v in judge(order, run(order), run_extra(order))}
    assert set(verdicts) == set(load_claims(PABLO))
    for item in verdicts.values():
        data = item.as_dict()
        assert data["source_says"]
        assert 0 <= data["mechanisms"]["share"] <= 1
        assert data["mechanisms"]["control_share"] is not None
        assert data["record"]["evidence"]
        assert "cut to the run's window" not in verdicts["C13"].claim.horizon.note


# The record -----------------------------------------------------------------------


def test_c13_by_hand(claim: Claim) -> None:
    """Maddison's index: 88.1 in 1947 and 100.1 in 1948."""
    values = figures("gdp_index_maddison", "judge")
    assert values[1947] < 100 < values[1948]
    within = {h: by_record(claim, gather(claim, 1945, h))[0] for h in (2, 3, 5)}
    assert within == {2: "refuted", 3: "borne out", 5: "borne out"}


def test_c14_by_hand() -> None:
    claim = load_claims(PABLO)["C14"]
    found = {e.series: e for e in gather(claim, 1945, 5)}
    maddison, harrison = (figures(f"gdp_index_{s}", "judge") for s in ("maddison", "harrison"))
    after = (maddison[1950] / harrison[1945]) ** (1 / 5) - 1
    before = (maddison[1940] / maddison[1928]) ** (1 / 12) - 1
    assert found["gdp_index_maddison"].holds == (after > before)
    assert f"{100 * after:.2f} %" in found["gdp_index_maddison"].text
    assert "from gdp_index_harrison" in found["gdp_index_maddison"].text


def test_a_tie_within_rounding_is_left_open() -> None:
    claim = load_claims(PABLO)["C14"]
    official = {e.series: e for e in gather(claim, 1945, 5)}["material_product_index_narkhoz_1956"]
    assert official.holds is None
    assert "tie" in official.text


def test_a_claim_with_the_sign_reversed_flips(claim: Claim) -> None:
    impossible = claim.model_copy(update={"check": Reaches(kind="reaches", level=1e9)})
    assert by_record(claim, gather(claim, 1945, 5))[0] == "borne out"
    assert by_record(impossible, gather(impossible, 1945, 5))[0] == "refuted"


def test_no_figure_up_to_the_horizon_is_no_data(claim: Claim) -> None:
    steel = claim.model_copy(update={"check": Reaches(kind="reaches", level=100.0)})
    lonely = steel.measures[0].model_copy(update={"variable": "labour_productivity_index"})
    nothing = steel.model_copy(update={"measures": (lonely,)})
    kind, reason = by_record(nothing, gather(nothing, 1945, 5))
    assert kind == "no data"
    assert "labour_productivity_index" in reason


def test_a_gap_leaves_the_question_open() -> None:
    check = Reaches(kind="reaches", level=100.0)
    values = np.array([[90.0, np.nan, np.nan], [90.0, 101.0, np.nan], [90.0, np.nan, 99.0]])
    along = Along(1945, np.full(3, 82.0), np.array([1946, 1947, 1948]), values)
    outcome = holds(check, along, 3)
    assert np.isnan(outcome[0])
    assert outcome[1] == 1
    assert outcome[2] == 0


def test_growth_is_compared_at_the_horizon() -> None:
    check = GrowsFaster(kind="grows_faster", past=(1928, 1940))
    values = np.array([[1.0, 1.21], [1.0, 1.04]])
    along = Along(1945, np.ones(2), np.array([1946, 1947]), values, past=0.05)
    np.testing.assert_array_equal(holds(check, along, 2), [1.0, 0.0])
    unknown = replace(along, past=float("nan"))
    assert np.isnan(holds(check, unknown, 2)).all()


# Files ----------------------------------------------------------------------------


def write(folder: Path, **changes: object) -> Path:
    source = next((scenario.content_root() / "theories" / PABLO / "claims").glob("C13-*.yaml"))
    data = yaml.safe_load(source.read_text()) | changes
    path = folder / "C13-x.yaml"
    path.write_text(yaml.safe_dump(data))
    return path


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"paragraf": "1.17"}, "did you mean paragraphs"),
        ({"horizon": {"years": 9, "low": 3, "high": 7, "note": "x"}}, "low <= years <= high"),
        ({"check": {"kind": "reachs", "level": 1}}, "reachs"),
        ({"measures": []}, "measures"),
    ],
)
def test_a_faulty_claim_is_refused(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read_yaml(write(tmp_path, **changes), Claim)


def test_a_claim_on_a_misspelt_variable_names_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theory = tmp_path / "theories" / "t"
    (theory / "claims").mkdir(parents=True)
    (theory / "theory.yaml").write_text("id: t\n")
    write(theory / "claims", measures=[{"variable": "gdp_indx", "role": "main"}])
    for module in ("conjuncture.run.scenario", "conjuncture.theory.claims"):
        monkeypatch.setattr(f"{module}.content_root", lambda: tmp_path)
    with pytest.raises(InputError, match="did you mean gdp_index"):
        load_claims("t")
