"""The country file ``SUN.yaml``: every figure from which a run of the USSR starts."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from conjuncture.core.sources import ASSUMED
from conjuncture.data.catalog import figure, figures, series
from conjuncture.data.sectors import SECTORS
from ussr_donors import assumptions
from ussr_table import CARD, Result
from ussr_weights import INDUSTRY, Arms, index

Figure = dict[str, Any]
GOLDSMITH = "io/ww2_great_powers_harrison_1998/munitions_goldsmith_1946.csv"
LOSSES = "world/ww2/harrison1998_t1_11_war_losses.csv"
HARVEST = ("grain_harvest_revised_soviet", "grain_harvest_low")


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def item(value: float, unit: str, date: str, source: str, use: str, **more: Any) -> Figure:
    """Return a figure with its keys in order, without empty ones."""
    data = {"value": _rounded(value), "unit": unit, "date": date, "source": source, "use": use}
    return data | {key: entry for key, entry in more.items() if entry}


def taken(series_id: str, year: int, date: str | None = None, **more: Any) -> Figure:
    """Return a figure of a series as it stands."""
    found = series(series_id)
    value = figure(series_id, year, "start")
    return item(value, found.unit, date or str(year), found.source, "start", **more)


def from_assumption(name: str, date: str = "1945", unit: str | None = None) -> Figure:
    """Return an assumed figure with its prior and reason."""
    entry = assumptions()[name]
    prior = entry["prior"]
    value = entry.get("value", prior.get("mode", prior.get("median")))
    return item(
        value, unit or entry["unit"], date, ASSUMED, "start", prior=prior, reason=entry["reason"]
    )


def triangular(low: float, mode: float, high: float) -> dict[str, Any]:
    """Return a triangular prior."""
    numbers = {"low": _rounded(low), "mode": _rounded(mode), "high": _rounded(high)}
    return {"kind": "triangular", **numbers}


def yearly(values: dict[int, float]) -> float:
    """Return the mean yearly growth between the first and the last year."""
    first, last = min(values), max(values)
    return float((values[last] / values[first]) ** (1 / (last - first)) - 1)


def spread(series_id: str) -> float:
    """Return the standard deviation of the log harvest around its trend, 1928-1940."""
    values = figures(series_id, "fit", range(1928, 1941))
    years, logs = np.array(list(values)), np.log(list(values.values()))
    rest = logs - np.polyval(np.polyfit(years, logs, 1), years)
    return float(np.sqrt((rest**2).sum() / (len(rest) - 2)))


def levels() -> dict[str, Figure]:
    """Figures of the last year before the start."""
    wide = "Recorded by the source at a day of 1945 that it does not state; by the year's end "
    found = {
        "armed_forces": taken(
            "armed_forces_harrison",
            1945,
            note=wide + "demobilisation had begun. The table counts the same number.",
        ),
        "population": taken("population_adh_1946", 1946, "1946-01-01"),
        "working_age_population": taken("working_age_population_adh_1946", 1946, "1946-01-01"),
        "gdp_index": taken("gdp_index_harrison", 1945),
        "material_product_index": taken("material_product_index_narkhoz_1965", 1945),
        "industry_index": taken("industry_index_narkhoz_1965", 1945),
        "fixed_assets_index": taken(
            "fixed_assets_index_narkhoz_1965",
            1945,
            note="Livestock included; taken as of the end of 1945, which the source does not say.",
        ),
        "employment_index": taken("employment_index_narkhoz_1965", 1945),
        "employment": taken("employment_narkhoz_1972", 1945),
        "steel": taken("steel_cow", 1945),
        "energy": taken(
            "energy_cow", 1945, note="The source's method breaks between 1944 and 1945."
        ),
    }
    indexed = ("agriculture", *INDUSTRY[:-1], "transport")
    found |= {f"output_index_{name}": taken(index(name), 1945) for name in indexed}
    whole = "Of industry as a whole: the source gives no branches."
    productivity = dict.fromkeys(INDUSTRY, ("industry", whole)) | {
        "agriculture": ("agriculture", "Of state and collective farms."),
        "construction": ("construction", ""),
        "transport": ("rail", "Of railways."),
    }
    for name in SECTORS:
        if name in productivity:
            label, note = productivity[name]
            found[f"labour_productivity_index_{name}"] = taken(
                f"labour_productivity_{label}_narkhoz_1965", 1945, note=note
            )
    return found


def end_rate(after: float) -> float:
    """Return the rate of the last four months over the year's mean."""
    return 12.0 * after / (8.0 + 4.0 * after)


def military(data: Path, arms: Arms, bounds: tuple[Arms, Arms]) -> dict[str, Figure]:
    """Armed forces and arms in peace, the value of services, the share of arms."""
    strength = figures("armed_forces_cow", "fit", (1937, 1938, 1939, 1940))
    before = [strength[year] for year in (1937, 1938, 1939)]
    with (data / GOLDSMITH).open(encoding="utf-8", newline="") as handle:
        munitions = {
            row["period"]: float(row["usd_bn_us_1944_munitions_prices"])
            for row in csv.DictReader(handle)
            if row["country"] == "USSR"
        }
    peace = munitions["1935-39 average"] / munitions["1940"]
    upper = "Up to the level of 1940, with war in Europe and before it came."
    per_soldier = figure("value_added_military_personnel_cia", 1950, "structural") / figure(
        "armed_forces_cow", 1950, "structural"
    )
    shares = sorted(one.share_1945 for one in bounds)
    autumn = assumptions()["months_after_war_rate"]["prior"]
    return {
        "armed_forces_peace": item(
            sum(before) / 3,
            "thousand persons",
            "1937/1939",
            "cow_nmc_7",
            "fit",
            how="mean of three years",
            prior=triangular(min(before), sum(before) / 3, strength[1940]),
            reason=upper,
        ),
        "arms_peace_ratio": item(
            peace / arms.relative_1940,
            "deliveries of arms relative to 1945",
            "1935/1939",
            "goldsmith_1946",
            "fit",
            also=["harrison_1998"],
            how="mean of 1935-39 relative to 1940, over the deliveries of 1945 relative to 1940",
            prior=triangular(
                peace / max(one.relative_1940 for one in bounds),
                peace / arms.relative_1940,
                1 / arms.relative_1940,
            ),
            reason=upper,
        ),
        "military_pay": item(
            per_soldier,
            "billion 1982 rubles per thousand persons",
            "1950",
            "cia_jec_1990",
            "structural",
            also=["cow_nmc_7"],
            how="services of military personnel of 1950 divided by the armed forces of 1950",
            prior=triangular(0.5 * per_soldier, per_soldier, 1.25 * per_soldier),
            reason="One soldier's services at the pay of 1950 and prices of 1982; a conscript of "
            "1945 may count for half of it, hardly for more than a quarter above it.",
        ),
        "arms_rate": item(
            end_rate(autumn["mode"]),
            "deliveries of arms at the end of 1945 relative to the mean of the year",
            "1945",
            ASSUMED,
            "start",
            how="rate of September to December over the mean of the year, from their relative rate",
            prior=triangular(*(end_rate(autumn[key]) for key in ("low", "mode", "high"))),
            reason=str(assumptions()["months_after_war_rate"]["reason"]),
        ),
        "arms_share_of_machinery": item(
            arms.share_1945,
            "share of the output of machinery",
            "1945",
            CARD,
            "start",
            how="balance of the growth of machinery between arms and civil machines",
            prior=triangular(shares[0], arms.share_1945, shares[1]),
            reason="Bounds: deliveries of arms stopped in August, or went on as before.",
        ),
    }


def fitted() -> dict[str, Figure]:
    """Rates fitted to the years before the war."""
    product = figures("gdp_index_maddison", "fit", (1928, 1940))
    head = figures("gdp_per_head_maddison", "fit", (1928, 1940))
    people = yearly(figures("population_adh_1938", "fit", (1927, 1939)))
    fast = yearly(figures("population_adh_1946", "fit", (1939, 1941)))
    sd = [spread(name) for name in HARVEST]
    income = yearly(figures("material_product_index_narkhoz_1956", "fit", (1928, 1940)))
    return {
        "prewar_growth": item(
            yearly(product),
            "1/year",
            "1928/1940",
            "maddison_2023",
            "fit",
            how="mean yearly growth of gross domestic product",
            note=f"The official national income grew by {100 * income:.1f} per cent a year.",
        ),
        "prewar_productivity_growth": item(
            yearly(head),
            "1/year",
            "1928/1940",
            "maddison_2023",
            "fit",
            how="mean yearly growth of gross domestic product per head",
            note="Per head of population: no figure of hours or persons employed was seen.",
        ),
        "population_growth": item(
            people,
            "1/year",
            "1927/1939",
            "adh_1993",
            "fit",
            how="mean yearly growth in the borders of 1938, the famine included",
            prior=triangular(people / 2, people, fast),
            reason="From half of it, after the losses of men, to the growth of 1939-41.",
        ),
        "harvest_sd": item(
            sd[0],
            "log points",
            "1928/1940",
            "wheatcroft_davies_1994",
            "fit",
            how="standard deviation around the log-linear trend, revised Soviet estimates of grain",
            note=f"Low Western estimates give {sd[1]:.3f}. Grain varies more than all farm output.",
        ),
    }


def losses(data: Path) -> dict[str, Figure]:
    """Losses of the war."""
    with (data / LOSSES).open(encoding="utf-8", newline="") as handle:
        row = next(row for row in csv.DictReader(handle) if row["country"] == "USSR")
    low, high = float(row["human_assets_lost_low"]), float(row["human_assets_lost_high"])
    return {
        "wealth_lost_share": item(
            float(row["national_wealth_lost"]),
            "share of the national wealth before the war",
            "1941/1945",
            "harrison_1998",
            "start",
        ),
        "human_assets_lost": item(
            (low + high) / 2,
            "share of the human assets before the war",
            "1941/1945",
            "harrison_1998",
            "start",
            prior={"kind": "uniform", "low": low, "high": high},
            reason="The range that the source gives.",
        ),
        "restorable_share_of_loss": from_assumption("restorable_share_of_loss"),
    }


def capacity(result: Result) -> dict[str, Figure]:
    """Use of the capital of 1945 relative to that of 1940, by sector."""
    found: dict[str, Figure] = {}
    how = "output of 1945 relative to 1940, divided by fixed capital relative to 1940"
    for name, working in zip(SECTORS, result.working, strict=True):
        above = working > 1
        found[f"capacity_utilisation_{name}"] = item(
            min(1.0, float(working)),
            "output relative to capacity",
            "1945",
            CARD,
            "start",
            how="set to 1: see shift_working" if above else how,
            note="More than the use of 1940, by work in more shifts; what was produced could be."
            if above
            else "",
        )
        if above:
            found[f"shift_working_{name}"] = item(
                float(working), "use of capital relative to 1940", "1945", CARD, "start", how=how
            )
    return found


def unindexed(result: Result) -> dict[str, Figure]:
    """Output of 1945 of the sectors without an official index, as the table has it."""
    known = {"agriculture", *INDUSTRY[:-1], "transport"}
    how = "output of the reconstructed table relative to 1940: no official index of the sector"
    relative = zip(SECTORS, result.weights.relative_1940, strict=True)
    return {
        f"output_index_{name}": item(100 * float(value), "1940=100", "1945", CARD, "start", how=how)
        for name, value in relative
        if name not in known
    }


def country(data: Path, result: Result, arms: Arms, bounds: tuple[Arms, Arms]) -> dict[str, Any]:
    """Return the country file as plain data.

    Parameters
    ----------
    data : Path
        Folder of the source files.
    result : Result
        The default variant of the table, for the use of capacity.
    arms : Arms
        Share of arms; ``bounds`` with no and with full deliveries after August 1945.
    """
    property_share = assumptions()["statified_share"]
    listed = (
        levels()
        | {"participation": from_assumption("participation")}
        | unindexed(result)
        | military(data, arms, bounds)
        | fitted()
        | losses(data)
        | {
            "capital_output_scale": from_assumption("capital_output_scale"),
            "statified_share": item(
                0.987,
                "share of the means of production, state and cooperative",
                "1936",
                "tsunkhu_1937",
                "start",
                prior=property_share["prior"],
                reason=property_share["reason"],
            ),
            "openness": from_assumption("openness"),
        }
        | capacity(result)
    )
    return {
        "id": "SUN",
        "title": "Union of Soviet Socialist Republics",
        "table": "ussr_1945",
        "figures": listed,
    }
