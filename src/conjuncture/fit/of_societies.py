"""Fits of the rooms ``politics`` and ``economy``: rulers, votes, growth, trade."""

from __future__ import annotations

from conjuncture.fit import elections, growth, regimes, trade
from conjuncture.fit.of_states import LAND
from conjuncture.fit.posterior import Wanted
from conjuncture.fit.spec import FOUGHT, RULERS, SYSTEM, Fit, logit, rate, spread

OF_SOCIETIES = (
    Fit(
        "regime_end",
        "ln rates at which autocratic rulers are removed from abroad, by the elite, by the people",
        (
            rate("foreign", "by a foreign power", -5, 2),
            rate("elite", "by the army or others in government", -3.5, 2),
            rate("popular", "by protest or rebels", -4.5, 2),
            rate("defeat", "a war lost this year or in the last two", 0, 1.5),
            rate("tenure", "ln of years in power plus one, over five", 0, 1),
            logit("change", "the regime changes with its ruler", 0, 1.5),
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
            rate("base", "at zero of all covariates", -3.5, 2),
            rate("poverty", "ln of 3000 int$ over product per head", 0, 1),
            rate("recent", "fading memory of irregular removals", 0, 2),
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
            rate("base", "at zero of all covariates", -5, 2),
            rate("defeat", "a war lost this year or in the last two", 0, 1.5),
            rate("slump", "share of product per head lost in three years", 0, 5),
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
            logit("victory", "insurgents win", -0.5, 1.5),
            rate("end", "the war ends", 0, 1.5),
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
            spread("of a party's change over sqrt(v (1 - v))", 0.2, 0.2, "volatility"),
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
            spread("of the year that all share", 0.02, 0.03, "common_sd"),
            Wanted("persistence", "of a country's shock", "", 0.0, 0.4, (-1.0, 1.0)),
            spread("of a typical country's own shock", 0.04, 0.04, "country_sd"),
            spread("of ln of it between countries", 0.4, 0.4, "country_sd_spread"),
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
            rate("onset", "a depression opens", -2.5, 1.5),
            Wanted("depth", "share lost at the trough", "ln share", -2.3, 1),
            spread("of the logarithm of depth", 0.6, 0.6, "depth_spread"),
            rate("recovery", "the peak is regained, from the trough on", -1.5, 1.5),
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
            spread("of a year's shock, ln of product per head", 0.05, 0.05),
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
            spread("of ln of positive flows", 1.2, 1.0),
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
            spread("about the mean, of the logarithm", 0.6, 0.6),
        ),
        ("trade_state_year_v4", "product_per_head", "codes"),
        "1920-1938",
        "least squares, errors clustered by country and by year",
        trade.trade_openness,
    ),
)  # fmt: skip
"""Fits on rulers, votes and economies."""
