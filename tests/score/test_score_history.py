"""Scores of small histories that are known without the program."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from histories import YEARS, flows, growing, item, rate
from scipy.stats import norm

from conjuncture.core.errors import InputError
from conjuncture.data.record_model import RecordFile
from conjuncture.data.states import state
from conjuncture.score.scores import PERIODS, Score, score_history
from conjuncture.score.votes import vote_series

COUNT = len(YEARS)


def pick(scores: list[Score], measure: str, period: str = "all", group: str = "all") -> Score:
    (found,) = [s for s in scores if (s.measure, s.period, s.group) == (measure, period, group)]
    return found


def gdp(*members: np.ndarray) -> xr.Dataset:
    return flows(("FRA",), gdp_per_head=np.array(members)[:, :, None])


FRANCE = item("series", "gdp_per_head", **growing("FRA", 0.03))
TRUTH = np.array(list(FRANCE.series("FRA").values()))


def test_the_record_itself_is_perfect() -> None:
    scores = score_history(gdp(*[TRUTH] * 5), [FRANCE])
    for measure in ("level", "growth"):
        found = pick(scores, measure)
        assert found.score == pytest.approx(0, abs=1e-12)
        assert found.skills["persistence"].skill == pytest.approx(1)


def test_coverage_is_the_share_within_the_members() -> None:
    wide = np.concatenate([np.full(4, 0.9), np.full(COUNT - 4, 1.01)])
    members = [TRUTH * wide, TRUTH * wide**-1, TRUTH * wide, TRUTH * wide**-1]
    shifted = [m * np.where(np.arange(COUNT) < 3, 2.0, 1.0) for m in members]
    found = pick(score_history(gdp(*shifted), [FRANCE]), "level")
    assert found.coverage == pytest.approx((COUNT - 3) / COUNT)


def test_the_last_figure_has_no_skill_against_persistence() -> None:
    found = pick(score_history(gdp(*[np.full(COUNT, 100.0)] * 4), [FRANCE]), "level")
    assert found.skills["persistence"].skill == pytest.approx(0)
    # |ln x - ln 100| is 0.03 k in year k
    assert found.score == pytest.approx(0.03 * np.arange(1, COUNT + 1).mean())
    assert found.bias == pytest.approx(-found.score)


def test_members_of_the_walk_have_its_score() -> None:
    quantiles = norm.ppf((np.arange(2000) + 0.5) / 2000)
    members = 100 * np.exp(0.05 * np.sqrt(np.arange(1, COUNT + 1)) * quantiles[:, None])
    found = pick(score_history(gdp(*members), [FRANCE]), "level")
    assert found.skills["walk"].skill == pytest.approx(0, abs=5e-3)


def test_the_unit_of_money_does_not_matter() -> None:
    rng = np.random.default_rng(0)
    members = TRUTH * np.exp(rng.normal(0, 0.1, (6, COUNT)))
    doubled = item("series", "gdp_per_head", **growing("FRA", 0.03, last=200.0))
    one = pick(score_history(gdp(*members), [FRANCE]), "level")
    two = pick(score_history(gdp(*(2 * members)), [doubled]), "level")
    assert one.score == pytest.approx(two.score)
    assert one.skills["walk"].skill == pytest.approx(two.skills["walk"].skill)


def test_the_order_of_territories_does_not_matter() -> None:
    both = {
        key: growing("FRA", 0.03)[key] | growing("ITA", 0.05)[key] for key in ("values", "past")
    }
    two = item("series", "gdp_per_head", **both)
    rng = np.random.default_rng(0)
    values = 100 * np.exp(rng.normal(0.2, 0.1, (5, COUNT, 2)))
    one = score_history(flows(("FRA", "ITA"), gdp_per_head=values), [two])
    other = score_history(flows(("ITA", "FRA"), gdp_per_head=values[:, :, ::-1]), [two])
    for a, b in zip(one, other, strict=True):
        assert a.score == pytest.approx(b.score, rel=1e-12)
        assert a.error_places == pytest.approx(b.error_places, rel=1e-9, nan_ok=True)


def test_periods_and_groups_divide_the_cells() -> None:
    scores = score_history(gdp(*[TRUTH * f for f in (0.9, 1.0, 1.2)]), [FRANCE])
    parts = [pick(scores, "level", p) for p in PERIODS if p != "all" and PERIODS[p][0] <= 1955]
    whole = pick(scores, "level")
    assert [p.cells for p in parts] == [5, 5]
    assert sum(p.cells * p.score for p in parts) == pytest.approx(whole.cells * whole.score)
    assert pick(scores, "level", group="west").score == whole.score


def test_zeros_and_missing_years_are_no_cells() -> None:
    gaps = item("series", "steel", values={"FRA": {1946: (0.0, 5.0), 1950: (6.0,)}})
    found = pick(score_history(flows(("FRA",), steel=np.full((3, COUNT, 1), 5.0)), [gaps]), "level")
    assert found.cells == 2
    assert found.skills == {}


def test_a_divided_country_is_compared_as_a_whole() -> None:
    germany = item("series", "steel", values={"DEU": {1946: (30.0,) * COUNT}})
    parts = np.stack([np.full((3, COUNT), 10.0), np.full((3, COUNT), 20.0)], axis=2)
    found = score_history(flows(("DEU_E", "DEU_W"), steel=parts), [germany])
    assert pick(found, "level").score == pytest.approx(0)
    heads = item("series", "gdp_per_head", values={"DEU": {1946: (40.0,) * COUNT}})
    people = np.stack([np.full((3, COUNT), 1.0), np.full((3, COUNT), 3.0)], axis=2)
    income = np.stack([np.full((3, COUNT), 10.0), np.full((3, COUNT), 50.0)], axis=2)
    history = flows(("DEU_E", "DEU_W"), gdp_per_head=income, population=people)
    assert pick(score_history(history, [heads]), "level").score == pytest.approx(0)


def test_the_error_over_members_is_that_of_repeated_ensembles() -> None:
    rng = np.random.default_rng(3)
    # What members share over the years: an ensemble's scores of different years go together.
    drawn = 100 * np.exp(rng.normal(0.2, 0.3, (100, 12, 1)) + rng.normal(0, 0.1, (100, 12, COUNT)))
    found = [pick(score_history(gdp(*members), [FRANCE]), "level") for members in drawn]
    spread = np.std([s.score for s in found])
    assert np.mean([s.error_members for s in found]) == pytest.approx(spread, rel=0.25)


# Events -----------------------------------------------------------------------------------

PAIRS = item(
    "pair_years",
    "dispute",
    years={"FRA-ITA": (1947, 1949)},
    exposed={"FRA": ((1946, 1991),), "ITA": ((1948, 1991),), "SUN": ((1946, 1991),)},
    rate=rate(),
    past_events={"FRA-ITA": 4},
    past_years={"FRA": 45, "ITA": 30, "SUN": 45},
)


def never(codes: tuple[str, ...]) -> np.ndarray:
    return np.zeros((4, COUNT, len(codes), len(codes)))


def test_pairs_at_risk_are_scored_once() -> None:
    codes = ("ITA", "FRA", "SUN")
    scores = score_history(flows(codes, dispute=never(codes)), [PAIRS])
    found = pick(scores, "brier")
    # FRA-SUN in 10 years, FRA-ITA and ITA-SUN in 8; one dispute while both were states
    assert found.cells == 26
    assert found.places == 3
    assert found.score == pytest.approx(1 / 26)
    assert pick(scores, "log").score == pytest.approx(
        (-np.log(0.5 / 5) - 25 * np.log(4.5 / 5)) / 26
    )


def test_base_rates_are_those_of_the_past() -> None:
    codes = ("FRA", "ITA", "SUN")
    found = pick(score_history(flows(codes, dispute=never(codes)), [PAIRS]), "brier")
    assert found.skills["base_rate"].baseline == pytest.approx((0.99**2 + 25 * 0.01**2) / 26)
    own = (4 + 10 * 0.01) / (30 + 10)
    # the pairs without events: 0.1 in 45 + 10 and 0.1 in 30 + 10
    wanted = (1 - own) ** 2 + 7 * own**2 + 10 * (0.1 / 55) ** 2 + 8 * (0.1 / 40) ** 2
    assert found.skills["own_rate"].baseline == pytest.approx(wanted / 26)


def test_a_war_that_ended_within_the_year_was_fought_in_it() -> None:
    war = item("pair_years", "war", years={"FRA-ITA": (1946, 1947)}, rate=rate())
    stock = np.zeros((3, COUNT + 1, 2, 2))
    stock[:, 1, 0, 1] = 1  # at the end of 1946 only, given in one direction
    history = xr.Dataset(
        {"war": (("member", "bound", "territory", "partner"), stock)},
        coords={"year": list(YEARS), "bound": [1945, *YEARS], "territory": ["FRA", "ITA"]},
    )
    assert pick(score_history(history, [war]), "brier").score == 0


def test_independence_lasts_and_is_asked_of_colonies_only() -> None:
    dates = item(
        "dates",
        "independence",
        dates={"IND": 1947},
        exposed={"IND": ((1946, 1991),), "IDN": ((1946, 1991),)},
        rate=rate(strength=None),
    )
    freed = np.zeros((3, COUNT, 2))
    freed[:, 1, 0] = 1
    history = flows(("IND", "IDN"), independence=freed)
    found = pick(score_history(history, [dates]), "brier")
    assert (found.cells, found.score) == (20, 0)
    history["status"] = (("member", "bound", "territory"), np.zeros((3, COUNT + 1, 2)))
    history["status"][:, 0, 0] = 3
    found = pick(score_history(history, [dates]), "brier")
    assert found.cells == 10
    # base rate: 1 - 0.99^k by year k; the event is there from the second year on
    p = 1 - 0.99 ** np.arange(1, COUNT + 1)
    happened = np.arange(COUNT) >= 1
    assert found.skills["base_rate"].baseline == pytest.approx(((p - happened) ** 2).mean())


def test_regimes_are_told_by_the_statified_share() -> None:
    regimes = item("spells", "statified_regime", spells={"FRA": ((1950, 1955),)}, at_start=("ITA",))
    share = np.zeros((3, COUNT, 2))
    share[:, 4:, 0] = 0.7
    found = pick(score_history(flows(("FRA", "ITA"), statified_share=share), [regimes]), "brier")
    assert found.score == 0
    assert found.skills["persistence"].baseline > 0.3  # wrong for both: ITA of the start fell


# What is refused ----------------------------------------------------------------------------


def test_too_few_members_and_unknown_baselines_come_together() -> None:
    with pytest.raises(InputError, match="too few") as caught:
        score_history(gdp(TRUTH, TRUTH), [FRANCE], baselines=("persistance",))
    assert "did you mean persistence" in str(caught.value)


def test_a_history_of_several_scenarios_is_refused() -> None:
    several = gdp(TRUTH, TRUTH, TRUTH).expand_dims(scenario=["a", "b"])
    with pytest.raises(InputError, match="several scenarios"):
        score_history(several, [FRANCE])
    with pytest.raises(InputError, match="no dimension member"):
        score_history(gdp(TRUTH).isel(member=0, drop=True), [FRANCE])


def test_variables_that_the_history_lacks_are_passed_over() -> None:
    other: RecordFile = item("series", "steel", **growing("FRA", 0.03))
    votes = item("votes", "vote_share", votes={"FRA": {"1946-06-02": {"a": 30.0}}})
    assert score_history(gdp(TRUTH, TRUTH, TRUTH), [other, PAIRS, votes]) == []


# Votes ------------------------------------------------------------------------------------


def test_votes_are_compared_with_the_support_of_families() -> None:
    ballots = {
        "1946-06-02": {"Communist/Socialist": 26.0, "Social democracy": 21.0},
        "1946-11-10": {"Communist/Socialist": 28.6, "Christian democracy": 20.0, "Liberal": 5.0},
    }
    votes = item("votes", "vote_share", votes={"FRA": ballots})
    series = {f.variable: f for f in vote_series(votes)}
    assert series["party_support:communist"].series("FRA") == {1946: pytest.approx(0.286)}
    assert series["party_support:centre"].series("FRA") == {1946: pytest.approx(0.25)}
    assert series["party_support:socialist"].series("FRA") == {1946: 0.0}
    parties = ("communist", "socialist", "centre")
    support = np.broadcast_to(np.array([0.386, 0.2, 0.25]), (3, COUNT, 1, 3))
    history = xr.Dataset(
        {"party_support": (("member", "year", "territory", "party"), support)},
        coords={"year": list(YEARS), "territory": ["FRA"], "party": list(parties)},
    )
    found = {s.variable: s for s in score_history(history, list(series.values()))
             if (s.period, s.group) == ("all", "all")}  # fmt: skip
    assert set(found) == {f"party_support:{party}" for party in parties}
    assert found["party_support:communist"].score == pytest.approx(0.1)
    assert found["party_support:centre"].score == pytest.approx(0)


def test_the_past_of_votes_is_the_last_election_of_the_state_file() -> None:
    source = item("votes", "vote_share", votes={"FRA": {"1946-06-02": {"Liberal": 1.0}}})
    votes = source.model_copy(update={"source": "parlgov"})
    (communist,) = [f for f in vote_series(votes) if f.variable.endswith(":communist")]
    wanted = sum(p.vote or 0 for p in state("FRA").parties if p.family == "Communist/Socialist")
    assert communist.past["FRA"].year == 1945
    assert communist.past["FRA"].last == pytest.approx(wanted / 100)
