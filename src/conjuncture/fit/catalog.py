"""All fits: mechanism, parameters with wide priors, files, window, method."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conjuncture.fit import (
    arms,
    colonies,
    disputes,
    elections,
    growth,
    regimes,
    trade,
    wars,
)
from conjuncture.fit.estimate import Estimate
from conjuncture.fit.files import FILES, Tables
from conjuncture.fit.posterior import Wanted

SYSTEM = ("system_states", "nmc_v7", "contiguity_direct_v32", "cshapes2_gw_units")
"""Files that the arrays of the state system need."""

PAIRS = (*SYSTEM, "mid5_directed_dyad_disputes", "cow_alliance_v41_dyad_year")
FOUGHT = (*SYSTEM, "war_inter_participants_v40")
RULERS = (*FOUGHT, "archigos_v41", "polity5_v2018")

Positive = (0.0, float("inf"))


@dataclass(frozen=True)
class Fit:
    """How the parameters of one mechanism are fitted.

    Attributes
    ----------
    mechanism : str
    form : str
        What is explained by what, in one line.
    wanted : tuple of Wanted
    needs : tuple of str
        Files, the one that the fit rests on first.
    window : str
        Years, both ends included.
    method : str
    function : callable
        Takes the tables and returns estimates of all that is wanted.
    note : str
    """

    mechanism: str
    form: str
    wanted: tuple[Wanted, ...]
    needs: tuple[str, ...]
    window: str
    method: str
    function: Callable[[Tables], tuple[Estimate, ...]]
    note: str = ""

    @property
    def shipped(self) -> bool:
        """Whether all its files lie in the package."""
        return all(FILES[stem].shipped for stem in self.needs)

    @property
    def cards(self) -> tuple[str, ...]:
        """Origin cards of its files, the main one first."""
        return tuple(dict.fromkeys(FILES[stem].card for stem in self.needs if stem != "codes"))


def _logit(name: str, meaning: str, mean: float = 0.0, sd: float = 2.0) -> Wanted:
    return Wanted(name, meaning, "logit", mean, sd)


def _rate(name: str, meaning: str, mean: float = 0.0, sd: float = 2.0) -> Wanted:
    return Wanted(name, meaning, "ln rate per year", mean, sd)


def _spread(meaning: str, mean: float = 0.5, sd: float = 1.0, name: str = "spread") -> Wanted:
    return Wanted(name, meaning, "standard deviation", mean, sd, Positive)


PARITY = "ln of the smaller over the larger share of capabilities"
WEIGHT = "ln of the pair's joint share of capabilities over 0.05"
LAND = "the pair touches by land"
TREATY = "the pair has a treaty"
RECENT = "fading memory of the pair's disputes"

_ALL = (
    Fit(
        "dispute_hazard",
        "logit of the yearly onset of a militarised dispute of a pair of states",
        (
            _logit("base", "at zero of all covariates", -5, 3),
            _logit("contiguous", LAND),
            _logit("distance", "ln of km between capitals over 3000"),
            _logit("parity", PARITY, 0, 1),
            _logit("weight", WEIGHT, 0, 1),
            _logit("allied", TREATY),
            _logit("recent", RECENT),
            Wanted("memory", "years over which a dispute fades", "years", 8, 8, (1.0, 40.0)),
        ),
        ("mid5_directed_dyad_disputes", *SYSTEM, "cow_alliance_v41_dyad_year"),
        "1816-1944",
        "logit, errors clustered by pair and by year; memory by profile likelihood",
        disputes.dispute_hazard,
        "All pairs of members with a known distance; the first five years only feed the memory.",
    ),
    Fit(
        "escalation",
        "logit of a war between two originators of a dispute while it lasts",
        (
            _logit("base", "at zero of all covariates", -2, 2),
            _logit("contiguous", LAND),
            _logit("parity", PARITY, 0, 1),
            _logit("weight", WEIGHT, 0, 1),
            _logit("allied", TREATY),
        ),
        ("war_inter_dyad_year_v4", *PAIRS),
        "1816-1944",
        "logit, errors clustered by pair and by year",
        disputes.escalation,
        "Originators of both sides only; those who come later enter by war_joining.",
    ),
    Fit(
        "war_joining",
        "logit that a state outside a war joins one of its sides, once per war and side",
        (
            _logit("base", "at zero of all covariates", -5, 2),
            _logit("allied", "treaty with one who fought from the first day"),
            _logit("hostile", "fading memory of disputes with the enemy"),
            _logit("near", "touches one of those at war by land"),
            _logit("weight", "ln of its share of capabilities over 0.05", 0, 1),
        ),
        ("war_inter_participants_v40", *PAIRS),
        "1816-1945",
        "logit, errors clustered by war and by state",
        wars.war_joining,
        "Most who joined did so in the two world wars.",
    ),
    Fit(
        "war_outcome",
        "logit that a side wins on ln of its share of capabilities over the enemy's",
        (
            _logit("strength", "ln of the ratio of capabilities", 1, 1),
            _logit("draw", "no side wins", -1.5, 1.5),
        ),
        ("war_inter_participants_v40", *SYSTEM),
        "1816-1945",
        "logit without a constant; constant alone for draws",
        wars.war_outcome,
        "Capabilities of all who fought on a side, each in the year it entered.",
    ),
    Fit(
        "war_duration",
        "ln rate at which a war ends",
        (
            _rate("end", "between equals", 0, 1.5),
            _rate("imbalance", "absolute ln ratio of capabilities", 0, 1),
        ),
        ("war_inter_participants_v40", *SYSTEM),
        "1816-1945",
        "exponential durations, robust errors",
        wars.war_duration,
    ),
    Fit(
        "war_losses",
        "ln of battle deaths per 1,000 inhabitants and year of war",
        (
            Wanted("deaths", "between equals", "ln per 1,000 and year", 0, 2),
            Wanted("weakness", "ln of the enemy's over the own capabilities", "elasticity", 0, 1),
            _spread("about the mean, of the logarithm", 1.5, 1.5),
        ),
        ("war_inter_participants_v40", *SYSTEM),
        "1816-1945",
        "least squares, errors clustered by war",
        wars.war_losses,
        "Military deaths only; wars shorter than a year count as one year.",
    ),
    Fit(
        "war_capital",
        "ln of the share of capital lost over the share of people lost",
        (
            Wanted("ratio", "logarithm of the ratio", "ln", 0.5, 1.5),
            _spread("between countries, of the logarithm", 0.7, 1.0),
        ),
        ("war_losses_harrison",),
        "1939-1945",
        "mean of logarithms over five countries",
        wars.war_capital,
        "National wealth for the UK, the USSR and Japan, fixed assets of industry for Germany "
        "and Italy.",
    ),
    Fit(
        "alliance_formation",
        "logits of a pair's treaty: made where there is none, ended where there is one",
        (
            _logit("base", "made, at zero of all covariates", -5, 3),
            _logit("common_threat", "ten times the power of common adversaries"),
            _logit("distance", "ln of km between capitals over 3000"),
            _logit("weight", WEIGHT, 0, 1),
            _logit("recent", RECENT),
            _logit("end", "ended, no dispute of late", -2.5, 2),
            _logit("end_recent", RECENT),
        ),
        ("cow_alliance_v41_dyad_year", *SYSTEM, "mid5_directed_dyad_disputes"),
        "1816-1944",
        "two logits, errors clustered by pair and by year",
        disputes.alliance_formation,
        "Treaties of any kind; a treaty of many counts for each of its pairs.",
    ),
    Fit(
        "arms",
        "yearly change of ln of the military share of product",
        (
            Wanted("adjustment", "share of the distance closed", "per year", 0.3, 0.4, (0.0, 1.0)),
            Wanted("normal", "share to which it returns", "ln share of product", -3.5, 1.5),
            Wanted("reaction", "ten times rivals' effort, by their power", "ln", 0, 0.5),
            Wanted("war", "years at war", "ln", 0, 1),
            _spread("of a year's shock"),
        ),
        ("milex_share_gdp", *FOUGHT, "mid5_directed_dyad_disputes"),
        "1827-1944",
        "least squares, errors clustered by country and by year",
        arms.arms,
        "Shares at nominal exchange rates, which are rough; rivals are those with disputes of "
        "late.",
    ),
    Fit(
        "armed_forces",
        "yearly change of ln of armed forces over population",
        (
            Wanted("adjustment", "share of the distance closed", "per year", 0.3, 0.4, (0.0, 1.0)),
            Wanted("normal", "share to which it returns", "ln share of population", -5, 1.5),
            Wanted("war", "years at war", "ln", 0, 1),
            _spread("of a year's shock"),
        ),
        ("nmc_v7", "system_states", "contiguity_direct_v32", "cshapes2_gw_units",
         "war_inter_participants_v40"),
        "1816-1944",
        "least squares, errors clustered by country and by year",
        arms.armed_forces,
    ),
    Fit(
        "independence",
        "ln rate at which a colony becomes independent; whether with violence",
        (
            _rate("base", "at zero of all covariates", -6, 3),
            _rate("metropole_war", "metropole at war this year or last", 0, 1.5),
            _rate("metropole_defeat", "metropole lost a war this year or in the last five", 0, 1.5),
            _rate("diffusion", "ln of one and the number freed in the last five years", 0, 1),
            _logit("violent", "share of independences with violence", 0, 1.5),
        ),
        ("entities_status_spells", *FOUGHT, "icow_colonial_history_v11"),
        "1816-1945",
        "Poisson rate, errors clustered by colony and by year; constant alone for violence",
        colonies.independence,
        "Few events: the priors weigh.",
    ),
    Fit(
        "regime_end",
        "ln rates at which autocratic rulers are removed from abroad, by the elite, by the people",
        (
            _rate("foreign", "by a foreign power", -5, 2),
            _rate("elite", "by the army or others in government", -3.5, 2),
            _rate("popular", "by protest or rebels", -4.5, 2),
            _rate("defeat", "a war lost this year or in the last two", 0, 1.5),
            _rate("tenure", "ln of years in power plus one, over five", 0, 1),
            _logit("change", "the regime changes with its ruler", 0, 1.5),
        ),
        ("archigos_v41", *FOUGHT, "polity5_v2018"),
        "1840-1944",
        "competing Poisson rates, errors clustered by state",
        regimes.regime_end,
        "Irregular exits of unknown kind are split as the known ones are.",
    ),
    Fit(
        "coup",
        "ln rate of removals by the army or others in government, all regimes",
        (
            _rate("base", "at zero of all covariates", -3.5, 2),
            _rate("poverty", "ln of 3000 int$ over product per head", 0, 1),
            _rate("recent", "fading memory of irregular removals", 0, 2),
        ),
        (*RULERS[-2:], *FOUGHT, "product_per_head", "codes"),
        "1871-1944",
        "Poisson rate, errors clustered by state and by year",
        regimes.coup,
        "States whose product per head is known.",
    ),
    Fit(
        "revolution",
        "ln rate of removals by protest or rebels, all regimes",
        (
            _rate("base", "at zero of all covariates", -5, 2),
            _rate("defeat", "a war lost this year or in the last two", 0, 1.5),
            _rate("slump", "share of product per head lost in three years", 0, 5),
        ),
        (*RULERS[-2:], *FOUGHT, "product_per_head", "codes"),
        "1840-1944",
        "Poisson rate, errors clustered by state and by year",
        regimes.revolution,
        "Where product per head is unknown, slump stands at its mean.",
    ),
    Fit(
        "revolution_outcome",
        "civil wars for the central government: who wins, and the ln rate at which they end",
        (
            _logit("victory", "insurgents win", -0.5, 1.5),
            _rate("end", "the war ends", 0, 1.5),
        ),
        ("war_intra_v51",),
        "1820-1945",
        "constants alone",
        regimes.revolution_outcome,
    ),
    Fit(
        "elections",
        "changes of shares of the vote between elections",
        (
            Wanted("cost_of_ruling", "government's share, no growth", "share", -0.02, 0.05),
            Wanted("economic_vote", "per ln growth a year", "share", 0, 1),
            _spread("of a party's change over sqrt(v (1 - v))", 0.2, 0.2, "volatility"),
            Wanted("extremes_drift", "extremes' share, no growth", "share", 0, 0.05),
            Wanted("extremes", "per ln growth a year", "share", 0, 1),
            Wanted("persistence", "of a family's share about its mean", "", 0.5, 0.4, (-1.0, 1.0)),
        ),
        ("parlgov_elections", "parlgov_parties", "parlgov_cabinets", "product_per_head"),
        "1900-1945",
        "least squares, errors clustered by country",
        elections.elections,
    ),
    Fit(
        "growth",
        "yearly growth of product per head",
        (
            Wanted("catch_up", "per ln of the leader's over own", "per year", 0.01, 0.02),
            Wanted("trend", "at the leader", "per year", 0.015, 0.02),
            _spread("of the year that all share", 0.02, 0.03, "common_sd"),
            Wanted("persistence", "of a country's shock", "", 0.0, 0.4, (-1.0, 1.0)),
            _spread("of a typical country's own shock", 0.04, 0.04, "country_sd"),
            _spread("of ln of it between countries", 0.4, 0.4, "country_sd_spread"),
        ),
        ("product_per_head",),
        "1871-1913, 1921-1938",
        "least squares with a constant for each year, errors clustered by country and by year",
        growth.growth,
        "Straight lines between benchmarks are left out.",
    ),
    Fit(
        "depression",
        "falls of product per head by five per cent or more below the earlier peak",
        (
            _rate("onset", "a depression opens", -2.5, 1.5),
            Wanted("depth", "share lost at the trough", "ln share", -2.3, 1),
            _spread("of the logarithm of depth", 0.6, 0.6, "depth_spread"),
            _rate("recovery", "the peak is regained, from the trough on", -1.5, 1.5),
        ),
        ("product_per_head",),
        "1870-1913, 1920-1938",
        "Poisson rates and log-normal depth, errors clustered by country",
        growth.depression,
    ),
    Fit(
        "recovery",
        "return of product per head to the trend of before the war",
        (
            Wanted("speed", "share of the gap closed", "per year", 0.15, 0.2, (0.0, 1.0)),
            _spread("of a year's shock, ln of product per head", 0.05, 0.05),
        ),
        ("product_per_head",),
        "1890-1929",
        "least squares, errors clustered by country",
        growth.recovery,
    ),
    Fit(
        "trade_gravity",
        "ln mean of exports of one state to another, with constants of years",
        (
            Wanted("exporter", "ln of the exporter's product", "elasticity", 0.8, 0.5),
            Wanted("importer", "ln of the importer's product", "elasticity", 0.8, 0.5),
            Wanted("distance", "ln of km between capitals over 3000", "elasticity", -0.7, 0.7),
            Wanted("contiguous", LAND, "ln", 0, 1),
            Wanted("empire", "one lately ruled the other, or both had one ruler", "ln", 0, 1.5),
            _spread("of ln of positive flows", 1.2, 1.0),
        ),
        ("trade_dyad_year_v4", *SYSTEM, "icow_colonial_history_v11", "product_per_head", "codes"),
        "1920-1938",
        "Poisson pseudo-likelihood, errors clustered by exporter and by importer",
        trade.trade_gravity,
        "Flows are rounded to a million dollars.",
    ),
    Fit(
        "trade_openness",
        "ln of exports and imports over product, with constants of years",
        (
            Wanted("size", "ln of population over ten million", "elasticity", -0.2, 0.5),
            Wanted("income", "ln of product per head over 3000 int$", "elasticity", 0.3, 0.7),
            _spread("about the mean, of the logarithm", 0.6, 0.6),
        ),
        ("trade_state_year_v4", "product_per_head", "codes"),
        "1920-1938",
        "least squares, errors clustered by country and by year",
        trade.trade_openness,
    ),
)  # fmt: skip

FITS: Mapping[str, Fit] = {fit.mechanism: fit for fit in _ALL}
"""Every fit by its mechanism."""
