"""What each series is: the rows of the source files that it takes, and how."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from series_reader import (
    ADH,
    CIA_SECTOR,
    CIA_USE,
    COW,
    ENERGY,
    FACTS,
    GOLDSMITH,
    HARRISON_FORCES,
    HARRISON_GDP,
    LIVESTOCK,
    MADDISON,
    TEXT,
    WAR,
    Reader,
    Spec,
    Values,
    facts,
    rebased,
    spec,
    within,
)

CARRIED_BACK = (
    "denominator of the ratio 1945/1950 that carries a value weight of 1950 back to 1945; a weight "
    "among sectors, never a rate of growth of a run"
)
VALUE_WEIGHT = "value weight of 1950 in prices of 1982; carried back to 1945 by volume indices"


def gdp(read: Reader) -> Iterator[Spec]:
    """Independent estimates of the gross domestic product."""
    harrison = read.pick(HARRISON_GDP, "year", "gdp_bn_1990_intl_usd", country="USSR")
    yield spec(
        "gdp_index_harrison",
        "gdp_index",
        "harrison_1998",
        rebased(harrison),
        concept="gross domestic product",
        derivation="billion 1990 international dollars, divided by the figure of 1940",
        note="Soviet row as corrected by the author. Not joined to another source.",
        start=[1945],
    )
    head = read.pick(MADDISON, "year", "gdppc", ISO="SUN")
    people = read.pick(MADDISON, "year", "pop", ISO="SUN")
    years = [year for year in head if year in people and year >= 1928]
    borders = "of 1940, carried back"
    yield spec(
        "gdp_index_maddison",
        "gdp_index",
        "maddison_2023",
        within(rebased({year: head[year] * people[year] for year in years})),
        concept="gross domestic product",
        borders=borders,
        derivation="product per head times population, divided by the figure of 1940",
        note="No figure for 1941-45; 13 per cent from Harrison in 1938, so never joined to it.",
        structural={1950: CARRIED_BACK},
    )
    yield spec(
        "gdp_per_head_maddison",
        "gdp_per_head",
        "maddison_2023",
        within({year: head[year] for year in years}),
        concept="gross domestic product per head",
        borders=borders,
    )
    yield spec(
        "population_maddison",
        "population",
        "maddison_2023",
        within({year: people[year] for year in years}),
        concept="population",
        timing="unstated",
        borders=borders,
    )


CIA_SECTORS = {
    "Industry": "industry",
    "Construction": "construction",
    "Agriculture": "agriculture",
    "Transportation": "transportation",
    "Communications": "communications",
    "Trade": "trade",
    "Services": "services",
    "Military personnel": "military_personnel",
    "Other branches": "other_branches",
}
RUBLES = "billion 1982 rubles"
CIA_USES = {
    "Consumption": "household_consumption",
    "Investment": "investment",
    "Other government expenditures": "other_government",
}


def cia(read: Reader) -> Iterator[Spec]:
    """Gross national product by sector of origin and by end use, from 1950."""
    rubles = "billion_1982_rubles_factor_cost"
    structural = {1950: VALUE_WEIGHT}
    for name, sector in CIA_SECTORS.items():
        yield spec(
            f"value_added_{sector}_cia",
            "value_added",
            "cia_jec_1990",
            within(read.pick(CIA_SECTOR, "year", rubles, sector_of_origin=name)),
            sector=sector,
            title=f"Value added: {name.lower()}",
            concept="gross national product by sector of origin, factor cost",
            unit=RUBLES,
            structural=structural,
        )
    total = read.pick(CIA_SECTOR, "year", rubles, sector_of_origin="Gross national product")
    yield spec(
        "gdp_cia",
        "gdp",
        "cia_jec_1990",
        within(total),
        title="Gross national product at factor cost",
        concept="gross national product, factor cost",
        unit=RUBLES,
        structural=structural,
    )
    for name, variable in CIA_USES.items():
        yield spec(
            f"{variable.removeprefix('household_')}_cia",
            variable,
            "cia_jec_1990",
            within(read.pick(CIA_USE, "year", rubles, end_use_category=name)),
            title=f"{name} at factor cost",
            concept="gross national product by end use, factor cost",
            unit=RUBLES,
            structural=structural,
        )


def official_1965(read: Reader) -> Iterator[Spec]:
    """Official indices of the 1965 edition, the rows listed in ``facts``."""
    with (FACTS / "narkhoz_1965_rows.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        values = within(read.narkhoz("1965.pdf p.55-56", "1940=100", row["row"]))
        assert values, row
        yield spec(
            f"{row['id']}_narkhoz_1965",
            row["variable"],
            "narkhoz_1965",
            values,
            sector=row["sector"] or None,
            title=f"Official: {row['row']}",
            concept=row["concept"],
            timing=row["timing"],
            start=[1945],
            structural={1950: CARRIED_BACK} if row["weight"] == "yes" else None,
        )


OFFICIAL_1956 = (
    # variable, page, base, row, concept, timing
    "material_product_index|1956.pdf p.42|1913=100 (annual)|National income"
    "|net material product|year_total",
    "industry_index|1956.pdf p.51|1913=100 (annual)|Gross industrial output, all industry"
    "|gross output of industry|year_total",
    "employment_index|1956.pdf p.34|1913=100|Workers/employees in national economy"
    "|workers and employees|annual_average",
    "fixed_assets_index|1956.pdf p.34|1913=100|Fixed productive assets, all sectors"
    "|fixed productive assets|unstated",
)


def other_official(read: Reader) -> Iterator[Spec]:
    """Official figures of other editions."""
    for line in OFFICIAL_1956:
        variable, page, base, row, concept, timing = line.split("|")
        yield spec(
            f"{variable}_narkhoz_1956",
            variable,
            "narkhoz_1956",
            within(rebased(read.narkhoz(page, base, row))),
            title=f"Official: {row} (1956 edition)",
            concept=concept,
            timing=timing,
            derivation="index 1913 = 100, divided by the figure of 1940",
        )
    yield spec(
        "investment_index_narkhoz_1975",
        "investment_index",
        "narkhoz_1975",
        within(rebased(read.narkhoz("1975.pdf p.47", "1913=1", "Capital investment"))),
        title="Official: capital investment",
        concept="gross capital investment",
        derivation="multiples of 1913 to one decimal, divided by the figure of 1940",
        note="5.7 in 1940, 5.3 in 1945, 11 in 1950: rounded.",
        structural={1950: CARRIED_BACK},
    )
    persons = facts("workers_and_employees.csv", "million_persons", 1000)
    yield spec(
        "employment_narkhoz_1972",
        "workers_employees",
        "narkhoz_1922_1972",
        persons,
        concept="workers and employees, mean of the year",
        timing="annual_average",
        derivation="million persons times 1000",
        start=[1945],
    )
    yield spec(
        "employment_industry_narkhoz_60",
        "workers_employees_sector",
        "narkhoz_60_years",
        facts("industrial_personnel.csv", "thousand_persons", 1),
        sector="industry",
        concept="industrial production personnel",
        timing="annual_average",
    )


CAPABILITIES = {
    # variable: column, concept, timing, whether 1941-44 is left out, note
    "steel": (
        "irst",
        "iron and steel production",
        "year_total",
        True,
        "1941-44 left out: they look interpolated and are contradicted by Soviet texts.",
    ),
    "energy": (
        "pec",
        "primary energy consumption",
        "year_total",
        True,
        "1941-44 left out; the source's method breaks between 1944 and 1945.",
    ),
    "population": ("tpop", "population", "unstated", False, None),
    "armed_forces": (
        "milper",
        "military personnel",
        "unstated",
        True,
        "1941-44 left out: far below Harrison's figures.",
    ),
}


def capabilities(read: Reader) -> Iterator[Spec]:
    """Steel, energy, population and forces of the National Material Capabilities."""
    for variable, (column, concept, timing, gap, note) in CAPABILITIES.items():
        values = read.pick(COW, "year", column, ccode="365")
        known = {year: value for year, value in values.items() if year >= 1922 and value >= 0}
        forces = {1950: "strength by which the value of military services of 1950 is divided"}
        yield spec(
            f"{variable}_cow",
            variable,
            "cow_nmc_7",
            within(known, without=WAR if gap else ()),
            concept=concept,
            timing=timing,
            note=note,
            start=[1945] if variable in {"steel", "energy"} else None,
            structural=forces if variable == "armed_forces" else None,
        )


WORKING_AGES = frozenset(f"{age}-{age + 4}" for age in range(15, 60, 5))


def people(read: Reader) -> Iterator[Spec]:
    """Armed forces, population by borders, munitions."""
    yield spec(
        "armed_forces_harrison",
        "armed_forces",
        "harrison_1998",
        read.pick(HARRISON_FORCES, "year", "thousands", country="USSR"),
        concept="armed forces",
        timing="unstated",
        note="The day of the year is not stated; the figure of 1945 is of the war.",
        start=[1945],
    )
    for borders in ("1938", "1946"):
        for variable, ages in (
            ("population", frozenset({"total"})),
            ("working_age_population", WORKING_AGES),
        ):
            values: Values = {}
            for row in read.rows(ADH):
                if row["borders_inferred"].startswith(borders) and row["age_group"] in ages:
                    year = int(row["year"])
                    values[year] = round(values.get(year, 0.0) + float(row["thousands"]), 1)
            yield spec(
                f"{variable}_adh_{borders}",
                variable,
                "adh_1993",
                dict(sorted(values.items())),
                label=f"adh_1993_borders_{borders}",
                concept="population" if "total" in ages else "population aged 15 to 59",
                timing="1_january",
                borders=f"of {borders}",
                derivation="men and women of the age groups added up",
                start=[1946] if borders == "1946" else None,
            )
    yield spec(
        "munitions_goldsmith",
        "munitions",
        "goldsmith_1946",
        read.pick(GOLDSMITH, "period", "usd_bn_us_1944_munitions_prices", country="USSR"),
        concept="combat munitions at US munitions prices of 1944",
        note="The source also gives a yearly average of 1935-39, which is no year's figure.",
    )


HARVESTS = {
    "Soviet 1930s estimate": "soviet_1930s",
    "revised Soviet": "revised_soviet",
    "Western low estimate": "low",
}


def nature(read: Reader) -> Iterator[Spec]:
    """Harvests and herds."""
    for kind, label in HARVESTS.items():
        yield spec(
            f"grain_harvest_{label}",
            "grain_harvest",
            "wheatcroft_davies_1994",
            within(read.pick(TEXT, "period", "value", variable="grain harvest", kind=kind)),
            label=f"wheatcroft_davies_1994_{label}",
            concept=f"grain harvest, {kind}",
            note="Biological yield from 1933." if label == "soviet_1930s" else None,
        )
    for variable, column in (
        ("cattle", "cattle_million_head"),
        ("pigs", "pigs_million_head"),
        ("sheep_goats", "sheep_and_goats_million_head"),
    ):
        yield spec(
            f"{variable}_narkhoz_1956",
            variable,
            "narkhoz_1956_livestock",
            within(read.pick(LIVESTOCK, "date_label", column)),
            concept="livestock of all owners",
            timing="unstated",
            note="Counts labelled with a day or with other borders are left out.",
        )


def fuels(read: Reader) -> Iterator[Spec]:
    """Coal, oil and gas, and the index of their sum."""
    by_fuel: dict[str, Values] = {}
    for fuel in ("coal", "oil", "gas"):
        values = read.pick(
            ENERGY,
            "year",
            "value",
            dataset="Fossil fuel production BP & Shift (2022)",
            entity="Russian Federation & USSR",
            variable=f"{fuel.capitalize()} production (TWh)",
        )
        by_fuel[fuel] = within(values, without=WAR)
        yield spec(
            f"{fuel}_etemad_luciani",
            fuel,
            "etemad_luciani_1991",
            by_fuel[fuel],
            concept="production, energy content",
            note="1941-44 left out.",
        )
    years = set.intersection(*(set(values) for values in by_fuel.values()))
    total = {year: sum(values[year] for values in by_fuel.values()) for year in sorted(years)}
    yield spec(
        "output_index_fuels_mining_etemad_luciani",
        "output_index",
        "etemad_luciani_1991",
        rebased(total),
        sector="fuels_mining",
        title="Coal, oil and gas, energy content",
        concept="physical volume",
        derivation="energy content of coal, oil and gas added up, divided by the sum of 1940",
        note="Stands for fuels and mining, without ores; 1941-44 left out.",
        start=[1945],
        structural={1950: CARRIED_BACK},
    )


GROUPS = (gdp, cia, official_1965, other_official, capabilities, people, nature, fuels)
"""Every group of series; each is given the reader and yields its files."""
