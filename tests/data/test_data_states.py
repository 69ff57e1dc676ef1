"""States and territories of 1945: identities, uses, holders, cards, faults, published figures."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from conjuncture.core.errors import InputError
from conjuncture.core.files import content_root
from conjuncture.core.sources import sources
from conjuncture.data.country import load_country
from conjuncture.data.rules import load_rules, rule, rules
from conjuncture.data.state_model import ADDITIVE, END, FIGURES, FOLLOWING, SIGNED, State, day
from conjuncture.data.states import load_states, parts, state, state_codes, states

ALL = tuple(states().values())
NAMED = [
    "SUN", "USA", "GBR", "FRA", "ITA", "DEU", "JPN", "POL", "CSK",
    "HUN", "ROU", "BGR", "FIN", "YUG", "ALB", "GRC", "TUR", "AUT",
    "NLD", "BEL", "LUX", "DNK", "NOR", "SWE", "ESP", "PRT", "CHE",
    "CAN", "AUS", "CHN", "KOR", "IRN", "IND", "IDN", "IDC", "BRA",
    "ARG", "MEX", "CHL", "COL", "ZAF", "NZL", "EGY", "GBR_WA", "FRA_WA",
    "BEL_AF", "PRT_AF", "GBR_CA", "FRA_CA", "NLD_CA", "XCA", "SUN_RUS", "SUN_UKR", "SUN_BLR",
    "SUN_EST", "SUN_LVA", "SUN_LTU", "SUN_MDA", "SUN_KAR", "SUN_POL", "DEU_US", "DEU_GB", "DEU_FR",
    "DEU_SU", "POL_O", "POL_N", "KOR_N", "KOR_S",
]  # fmt: skip
SHARES = ("product", "labour")
SECTORS = ("agriculture", "industry", "services")


def test_the_system_of_1945_is_there() -> None:
    assert state_codes() == tuple(states())
    assert [code for code in NAMED if code not in states()] == []


@pytest.mark.parametrize("whole", ["SUN", "DEU", "POL", "KOR", "CHN"])
def test_parts_add_up(whole: str) -> None:
    assert len(parts(whole)) > 1
    for name in ADDITIVE:
        values = [part.value(name) for part in parts(whole)]
        assert None not in values
        assert sum(v for v in values if v) == pytest.approx(state(whole).value(name), rel=1e-4)


def test_the_union_starts_as_the_present_scenario_does() -> None:
    country, item = load_country("SUN"), state("SUN")
    for name in ("population", "armed_forces", "statified_share"):
        assert item.value(name) == pytest.approx(country.value(name))


def test_each_unit_has_one_holder_and_spells_in_order() -> None:
    for item in ALL:
        assert sum(spell.covers(END) for spell in item.spells) == 1, item.id
        for before, after in pairwise(item.spells):
            assert before.end is not None
            assert day(before.end) <= day(after.start), item.id
        for spell in item.spells:
            assert {spell.holder, *spell.forces} <= set(states()), item.id
        holder = item.holder
        if item.kind == "state" and item.id != "JPN":
            assert holder == item.id
        assert states()[holder].kind == "state", item.id


SECTOR_FIGURES = {f"{sector}_share_of_{of}" for sector in SECTORS for of in SHARES}
PEOPLE_AND_PRODUCT = {"population", "product", "product_per_head"}
STRUCTURAL = {
    "capital_of_parts": {"capital"},
    "capital_output": {"capital"},
    "census_of_zones": {"population"},
    "closing_item": {"services_share_of_labour", "services_share_of_product"},
    "divided_by_product": {"energy"},
    "energy_per_product": {"energy"},
    "equal_per_head": {"product", "product_per_head"},
    "growth_between_peaks": {"prewar_growth"},
    "growth_between_years": {"growth_1928_1938"},
    "growth_since_1913": {"product", "product_per_head"},
    "industry_split": {"industry_share_of_labour", "industry_share_of_product"},
    "labour_split": {"agriculture_share_of_labour"},
    "level_of_parent": {"prewar_level"},
    "members_by_people": {"schooling"},
    "per_head_of_donors": {"product", "product_per_head"},
    "polish_lands": {"population"},
    "population_carried_back": {"population"},
    "polity_from_vdem": {"democracy"},
    "prewar_level_of_series": {"prewar_level"},
    "schooling_by_product": {"schooling"},
    "schooling_carried_back": {"schooling"},
    "product_split": {"agriculture_share_of_product"},
    "split_of_parent": SECTOR_FIGURES,
    "sum_of_parts": {"population", "product_per_head"},
    "table_split": SECTOR_FIGURES,
    "war_path_east_asia": {"product", "product_per_head"},
}
"""Every way in which a figure of after 1945 enters; none is added in passing."""


def test_nothing_is_of_after_1945_but_slow_structure() -> None:
    used: dict[str, set[str]] = {}
    for item in ALL:
        for name, figure in item.figures.items():
            assert figure.use in {"start", "fit", "structural"}, (item.id, name)
            if figure.use == "fit":
                assert name in SIGNED
                assert figure.last_year <= 1940, (item.id, name)
            elif figure.use == "start":
                assert figure.last_year <= 1945 or figure.date == "1946-01-01", (item.id, name)
            else:
                used.setdefault(figure.rule, set()).add(name)
    assert set(used) == set(STRUCTURAL) == {name for name, r in rules().items() if r.structural}
    for name, figures in used.items():
        assert figures <= STRUCTURAL[name], name
    # What is set by people of after 1945 is people and what is divided or computed by people.
    apart = [item for item in ALL if item.group not in {"africa", "near_east", "south_asia"}]
    for item in apart:
        for name in PEOPLE_AND_PRODUCT & set(item.figures):
            if item.figures[name].use == "structural":
                assert item.parent in {"DEU", "POL"} or item.id in {"DEU", "GBR_CA", "HKG"}, item.id


def test_every_source_and_rule_is_known_and_nothing_is_negative() -> None:
    for item in ALL:
        assert set(item.cards()) <= set(sources())
        for name, figure in item.figures.items():
            assert figure.value >= 0 or name in SIGNED, (item.id, name)
            assert figure.unit == FIGURES[name]
            assert (figure.basis == "observed") == (not figure.rule)
            if figure.rule:
                assert rules()[figure.rule].basis == figure.basis
                spread = rules()[figure.rule].spread
                assert figure.prior is not None or spread is None or name in FOLLOWING
    figures = [figure for item in ALL for figure in item.figures.values()]
    # A sum of countries bears the rule of its weakest member, and names the others.
    named = {figure.rule for figure in figures} | {
        name for figure in figures for name in figure.how.replace(",", "").split()
    }
    assert set(rules()) <= named


def test_figures_and_gaps_are_all_there_is() -> None:
    for item in ALL:
        assert {*item.figures, *item.gaps} == set(FIGURES), item.id
        assert all(reason.strip() for reason in item.gaps.values())


def test_shares_are_shares_and_product_is_people_times_head() -> None:
    for item in ALL:
        for of in SHARES:
            found = [item.value(f"{sector}_share_of_{of}") for sector in SECTORS]
            if None not in found:
                assert sum(v for v in found if v is not None) == pytest.approx(1, abs=2e-5)
        head, people, money = (
            item.value(name) for name in ("product_per_head", "population", "product")
        )
        if head is not None and people is not None:
            assert 1e3 * (money or 0) / people == pytest.approx(head, rel=1e-5), item.id
        share, scale = item.value("statified_share"), item.value("state_ownership")
        assert 0 <= (share or 0) <= 1
        if scale is not None and item.id != "SUN":
            assert share == pytest.approx(1 - scale / 4, abs=1e-5)


def test_rules_of_sectors_give_what_the_files_hold() -> None:
    ratio = rule("product_split").parameters["ratio"]
    parts_of = rule("industry_split").parameters
    line = rule("labour_split").parameters
    for item in ALL:
        by = {name: figure.rule for name, figure in item.figures.items()}
        farm = {of: item.value(f"agriculture_share_of_{of}") or 0.0 for of in SHARES}
        if by.get("agriculture_share_of_product") == "product_split":
            assert farm["product"] == pytest.approx(ratio * farm["labour"], rel=1e-4), item.id
        for of in SHARES:
            if by.get(f"industry_share_of_{of}") == "industry_split":
                share = item.value(f"industry_share_of_{of}")
                assert share == pytest.approx(parts_of[of] * (1 - farm[of]), rel=1e-4), item.id
        if by.get("agriculture_share_of_labour") == "labour_split":
            # The line is read at the highest product per head, so never below that of 1945.
            odds = line["b0"] + line["b1"] * np.log(item.value("product_per_head") or 1)
            assert farm["labour"] <= 1 / (1 + np.exp(-odds)) + 1e-4, item.id


def vectors(one: State, two: State) -> np.ndarray:
    names = [name for name in one.figures if name in two.figures]
    return np.array([[unit.figures[name].value for name in names] for unit in (one, two)])


def test_no_two_files_are_proportional() -> None:
    for one, two in combinations(ALL, 2):
        both = vectors(one, two)
        assert both.shape[1] >= 1, (one.id, two.id)
        if both.shape[1] == 1:
            continue
        cosine = both[0] @ both[1] / np.linalg.norm(both[0]) / np.linalg.norm(both[1])
        # Large figures would hide small ones: compare figure by figure where both are not zero.
        given = (both > 0).all(axis=0)
        ratio = both[0, given] / both[1, given]
        alike = (
            bool((given == (both > 0).any(axis=0)).all()) and np.ptp(ratio) <= 1e-6 * ratio.max()
        )
        assert not (alike and cosine > 1 - 1e-12), (one.id, two.id)


def test_priors_hold_their_values() -> None:
    for item in ALL:
        for name, figure in item.figures.items():
            if figure.prior is not None and name != "population":
                low, high = figure.prior.quantile(np.array([0.01, 0.99]))
                assert low <= figure.value <= high, (item.id, name)


# Against published figures that did not enter ------------------------------------------


def total(codes: str, name: str = "population") -> float:
    return sum(state(code).value(name) or 0 for code in codes.split())


def test_empires_lie_above_harrison_in_1938_by_some_years_of_growth() -> None:
    """Harrison (1998), tables 1-1 and 1-2: thousand persons in 1938."""
    french = total("DZA MAR TUN FRA_WA FRA_EA MDG IDC FRA_CA SYR LBN")
    british = total("IND MMR LKA MYS HKG PSE NFL CYM GBR_WA GBR_EA GBR_SA SDN GBR_CA GBR_IO GBR_GU")
    assert 1.0 < french / 70_896 < 1.35
    assert 1.0 < british / 453_754 < 1.2
    assert 1.0 < total("IDN") / 68_131 < 1.2
    assert 1.0 < total("AUS CAN NZL ZAF") / 30_030 < 1.15


def test_people_of_the_world() -> None:
    """Maddison (2010): 2,299 million in 1940 and 2,528 million in 1950."""
    world = sum(item.value("population") or 0 for item in ALL if item.parent is None)
    assert 2_200_000 < world < 2_500_000


@pytest.mark.parametrize(
    ("code", "billion"),
    [("GBR", 331.336), ("SUN", 343.473), ("JPN", 143.525), ("FRA", 101.189), ("ITA", 92.001)],
)
def test_products_relative_to_the_united_states_are_near_those_of_harrison(
    code: str, billion: float
) -> None:
    """Harrison (1998), table 1-3: 1945, billion international dollars of 1990; USA 1,473.638."""
    ours = total(code, "product") / total("USA", "product")
    assert ours == pytest.approx(billion / 1473.638, rel=0.3)


def test_neighbours_that_any_map_shows() -> None:
    land = {
        code: {n.unit for n in state(code).neighbours if n.kind == "land"}
        for code in ("CHE", "POL", "PRT", "MEX", "SUN_LVA", "GBR")
    }
    assert land["CHE"] == {"FRA", "DEU", "DEU_FR", "AUT", "ITA"}
    assert land["POL"] >= {"SUN", "CSK", "DEU"}
    assert land["PRT"] == {"ESP"}
    assert land["MEX"] >= {"USA", "XCA"}
    assert land["SUN_LVA"] == {"SUN_EST", "SUN_LTU", "SUN_RUS", "SUN_BLR", "SUN_POL"}
    assert land["GBR"] == {"IRL"}


def test_treaties_and_votes_of_the_time() -> None:
    pact = {tuple(p.partners): p.kind for p in state("GBR").alliances}
    assert pact["SUN",] == "defence"
    assert pact["PRT",] == "defence"
    votes = {p.name: p.vote for p in state("GBR").parties}
    assert votes["Labour"] == pytest.approx(47.7, abs=0.5)
    assert {p.name for p in state("GBR").parties if p.cabinet} == {"Labour"}
    hungary = {p.name: p.vote for p in state("HUN").parties}
    assert hungary["Hungarian Communist Party"] == 17.0
    assert all(p.election <= END for item in ALL for p in item.parties)
    (pci,) = [p for p in state("ITA").parties if p.members is not None]
    assert (pci.members, pci.members_date) == (1718, "1945-12")


# Faults ---------------------------------------------------------------------------------

FIGURE: dict[str, Any] = {
    "value": 1.0,
    "unit": "thousand persons",
    "date": "1945",
    "source": "maddison_2023",
    "use": "start",
    "basis": "observed",
}
SCHOOLING = FIGURE | {"unit": FIGURES["schooling"]}
GROWTH = FIGURE | {"unit": FIGURES["prewar_growth"], "date": "1913/1938", "use": "fit"}
SPELL = {
    "start": "1900",
    "holder": "XAA",
    "status": "independent",
    "how": "own",
    "source": "cow_states_2016",
}


def unit(code: str = "XAA", figure: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    data = {
        "id": code,
        "title": "X",
        "kind": "state",
        "group": "west",
        "spells": [SPELL],
        "figures": {"population": FIGURE | (figure or {})},
    }
    return data | more


def write(folder: Path, *items: dict[str, Any]) -> Path:
    for item in items:
        path = folder / f"{item['id']}.yaml"
        path.write_text(yaml.safe_dump(item), encoding="utf-8")
    return folder


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    assert load_states(write(tmp_path, unit()))["XAA"].holder == "XAA"


def test_growth_may_be_negative_and_of_before_1946_only(tmp_path: Path) -> None:
    fall = unit(figures={"prewar_growth": GROWTH | {"value": -0.01}})
    assert load_states(write(tmp_path, fall))["XAA"].value("prewar_growth") == -0.01
    late = unit(figures={"prewar_growth": GROWTH | {"date": "1928/1950"}})
    with pytest.raises(InputError, match="observed after 1945"):
        load_states(write(tmp_path, late))


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (unit(figure={"value": -1.0}), "is negative"),
        (unit(figure={"unit": "persons"}), "unit differs"),
        (unit(figures={"schooling": SCHOOLING | {"value": -0.1}}), "is negative"),
        (unit(figure={"source": "madison_2023"}), "did you mean maddison_2023"),
        (unit(figure={"date": "1947"}), "observed after 1945"),
        (unit(figure={"date": "1947", "use": "structural"}), "must not be of after 1945"),
        (unit(figure={"use": "judge"}), "must not start a run"),
        (unit(figure={"basis": "ruled"}), "names the rule"),
        (unit(figure={"basis": "ruled", "rule": "disarmd"}), "did you mean disarmed"),
        (unit(figure={"basis": "donor-scaled", "rule": "disarmed"}), "the rule makes it ruled"),
        (unit(figure={"basis": "ruled", "rule": "population_by_density"}), "needs a prior"),
        (
            unit(
                figure={"basis": "ruled", "rule": "disarmed", "date": "1947", "use": "structural"}
            ),
            "lets no figure of after 1945",
        ),
        (unit(figures={"populaton": FIGURE}), "did you mean population"),
        (unit(gaps={"population": "none"}), "a gap and a figure"),
        (unit(spells=[]), "has no spell"),
        (unit(spells=[SPELL | {"holder": "XAB"}]), "did you mean XAA"),
        (unit(spells=[SPELL | {"end": "1940"}]), "has 0 holders"),
        (unit(spells=[SPELL, SPELL | {"start": "1930"}]), "overlaps the spell after it"),
        (unit(spells=[SPELL | {"start": "1947"}]), "no later date"),
        (unit(spells=[SPELL | {"start": "1945-5"}]), "years, months or days"),
        (unit(spells=[SPELL | {"start": "1945", "end": "1944"}]), "ends after it starts"),
        (unit(spells=[SPELL | {"status": "satellite"}]), "buffer"),
        (
            unit(parties=[{"name": "P", "source": "parlgov", "election": "1946-06-02", "vote": 9}]),
            "of 1945 at the latest",
        ),
        (unit(parties=[{"name": "P", "source": "parlgov"}]), "an election or a count of members"),
        (unit(parent="XAB"), "unknown unit 'XAB'"),
        (
            unit(neighbours=[{"unit": "XAB", "kind": "land", "source": "cshapes_2"}]),
            "unknown unit 'XAB'",
        ),
        (unit(vote=1), "unknown key 'vote'"),
    ],
)
def test_faulty_files_are_refused(tmp_path: Path, item: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_states(write(tmp_path, item))


def test_faults_between_files_and_all_faults_at_once(tmp_path: Path) -> None:
    near = [{"unit": "XAB", "kind": "land", "source": "cshapes_2"}]
    whole = unit(neighbours=near, figure={"value": 10.0})
    part = unit("XAB", parent="XAA", figure={"value": 4.0, "source": "cow_nmc"})
    with pytest.raises(InputError) as caught:
        load_states(write(tmp_path, whole, part))
    told = str(caught.value)
    assert len(caught.value.faults) == 3
    assert "did you mean cow_nmc_7" in told
    assert "XAB does not name it as a neighbour by land" in told
    assert "its parts add up to 4" in told


def test_unknown_codes_figures_and_rules_name_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean POL"):
        state("POLL")
    with pytest.raises(InputError, match="did you mean product"):
        state("POL").figure("produkt")
    with pytest.raises(InputError, match="did you mean capital_output"):
        rule("capital_outputs")


def test_faulty_rules_are_refused(tmp_path: Path) -> None:
    text = (content_root() / "rules" / "last_before.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text) | {"spread_from": "", "sources": ["cow_nmc"]}
    (tmp_path / "other.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_rules(tmp_path)
    assert len(caught.value.faults) == 3
