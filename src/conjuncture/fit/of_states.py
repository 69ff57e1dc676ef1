"""Fits of the room ``world``: disputes, wars, treaties, arms, colonies."""

from __future__ import annotations

from conjuncture.fit import arms, colonies, disputes, wars
from conjuncture.fit.posterior import Wanted
from conjuncture.fit.spec import FOUGHT, PAIRS, SYSTEM, Fit, logit, rate, spread

PARITY = "ln of the smaller over the larger share of capabilities"
WEIGHT = "ln of the pair's joint share of capabilities over 0.05"
LAND = "the pair touches by land"
TREATY = "the pair has a treaty"
RECENT = "fading memory of the pair's disputes"

OF_STATES = (
    Fit(
        "dispute_hazard",
        "logit of the yearly onset of a militarised dispute of a pair of states",
        (
            logit("base", "at zero of all covariates", -5, 3),
            logit("contiguous", LAND),
            logit("distance", "ln of km between capitals over 3000"),
            logit("parity", PARITY, 0, 1),
            logit("weight", WEIGHT, 0, 1),
            logit("allied", TREATY),
            logit("recent", RECENT),
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
            logit("base", "at zero of all covariates", -2, 2),
            logit("contiguous", LAND),
            logit("parity", PARITY, 0, 1),
            logit("weight", WEIGHT, 0, 1),
            logit("allied", TREATY),
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
            logit("base", "at zero of all covariates", -5, 2),
            logit("allied", "treaty with one who fought from the first day"),
            logit("hostile", "fading memory of disputes with the enemy"),
            logit("near", "touches one of those at war by land"),
            logit("weight", "ln of its share of capabilities over 0.05", 0, 1),
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
            logit("strength", "ln of the ratio of capabilities", 1, 1),
            logit("draw", "no side wins", -1.5, 1.5),
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
            rate("end", "between equals", 0, 1.5),
            rate("imbalance", "absolute ln ratio of capabilities", 0, 1),
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
            spread("about the mean, of the logarithm", 1.5, 1.5),
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
            spread("between countries, of the logarithm", 0.7, 1.0),
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
            logit("base", "made, at zero of all covariates", -5, 3),
            logit("common_threat", "ten times the power of common adversaries"),
            logit("distance", "ln of km between capitals over 3000"),
            logit("weight", WEIGHT, 0, 1),
            logit("recent", RECENT),
            logit("end", "ended, no dispute of late", -2.5, 2),
            logit("end_recent", RECENT),
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
            spread("of a year's shock"),
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
            spread("of a year's shock"),
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
            rate("base", "at zero of all covariates", -6, 3),
            rate("metropole_war", "metropole at war this year or last", 0, 1.5),
            rate("metropole_defeat", "metropole lost a war this year or in the last five", 0, 1.5),
            rate("diffusion", "ln of one and the number freed in the last five years", 0, 1),
            logit("violent", "share of independences with violence", 0, 1.5),
        ),
        ("entities_status_spells", *FOUGHT, "icow_colonial_history_v11"),
        "1816-1945",
        "Poisson rate, errors clustered by colony and by year; constant alone for violence",
        colonies.independence,
        "Few events: the priors weigh.",
    ),
)  # fmt: skip
"""Fits on states and pairs of states."""
