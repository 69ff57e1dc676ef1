"""Reference pages on mechanisms, variables, theories, claims and scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conjuncture.core.order import order
from conjuncture.core.registry import PHASES, Mechanism, Parameter
from conjuncture.core.sources import ASSUMED
from conjuncture.core.state import Variable, variables
from conjuncture.data.fitted import fitted
from conjuncture.run.scenario import (
    Scenario,
    Theory,
    load_scenario,
    load_theory,
    mechanisms,
    scenario_names,
    theory_names,
)
from conjuncture.theory.claims import Claim, Reaches, load_claims
from conjuncture.theory.evidence import gather
from conjuncture.theory.verdict import by_record, suspects
from reference_markup import code, facts, link, paragraphs, table, text

Pages = Iterator[tuple[str, str]]

MECHANISMS, VARIABLES = "mechanisms/index.md", "variables.md"
THEORIES, CLAIMS, SCENARIOS = "theories.md", "claims/index.md", "scenarios.md"


def cards(here: str, names: Iterable[str]) -> str:
    """Link to origin cards; ``assumed`` stays a word."""
    return ", ".join(n if n == ASSUMED else link(here, f"sources/{n}.md") for n in names)


def names(here: str, of: Iterable[str]) -> str:
    """Link to state variables; variables that only the record has stay words."""
    known = variables()
    return ", ".join(link(here, VARIABLES, code(n), n) if n in known else code(n) for n in of)


def acts(here: str, of: Iterable[str]) -> str:
    """Link to mechanisms."""
    return ", ".join(link(here, f"mechanisms/{n}.md") for n in of)


def theories() -> list[Theory]:
    """Return the shipped theories."""
    return [load_theory(name) for name in theory_names()]


# Mechanisms -----------------------------------------------------------------------


def mechanism_pages() -> Pages:
    """Write the list of mechanisms in the order of a year, and a page for each."""
    ordered = order(mechanisms().values(), variables())
    rows = [
        [
            item.phase,
            link(MECHANISMS, f"mechanisms/{item.name}.md", text(item.label)),
            str(len(item.parameters) or ""),
            "yes" if item.off else "",
            cards(MECHANISMS, item.sources),
        ]
        for item in ordered
    ]
    intro = (
        "# Mechanisms\n\nA mechanism is one equation or one choice, declared with all that it "
        "touches. Below they stand in the order in which a year runs through them; the phases "
        f"are {', '.join(PHASES)}. A mechanism with a switch can be switched off to see what it "
        "does. "
        "[How to add one](../../how-to/mechanism.md).\n\n"
    )
    yield MECHANISMS, intro + table(["phase", "mechanism", "parameters", "switch", "form"], rows)
    for item in ordered:
        yield f"mechanisms/{item.name}.md", _mechanism(item)


def _mechanism(item: Mechanism) -> str:
    here = f"mechanisms/{item.name}.md"
    module, tilted = item.room, [a for t in theories() for a in t.assumptions]
    parts = [
        f"# {text(item.label)}",
        f"{code(item.name)}, phase *{item.phase}*, in "
        f"[`{module}`](../api/{module.split('.')[1]}.md#{module}.{item.name})",
        paragraphs(item.description),
        facts(
            {
                "Reads": names(here, item.reads),
                "Reads of last year": names(here, item.lagged),
                "Writes": names(here, item.writes),
                "Draws every year": ", ".join(code(name) for name in item.draws),
                "Form": cards(here, item.sources),
                "Puts into effect": ", ".join(f"[{p}]" for p in item.paragraphs)
                and f"paragraphs {', '.join(item.paragraphs)} of the essay",
                "Switch": "yes" if item.off else "none",
                "Used by": ", ".join(
                    link(here, THEORIES, code(t.id), t.id)
                    for t in theories()
                    if item.name in t.mechanisms
                ),
            }
        ),
    ]
    if item.parameters:
        how = f"Set one in a run with `--set {item.qualified(item.parameters[0].name)}=NUMBER`."
        parts += ["## Parameters", how, _parameters(item, here)]
    for change in tilted:
        if change.parameter.split(".")[0] == item.name:
            parts.append(
                f"In place of the engine's prior, a theory gives {code(change.parameter)} "
                f"{code(change.prior)}: {text(change.reason)}."
            )
    parts.append(f"```console\n$ conjuncture mechanisms show {item.name}\n```")
    return "\n\n".join(parts)


def _parameters(item: Mechanism, here: str) -> str:
    def row(p: Parameter) -> list[str]:
        why = f"*{p.source}*: {text(p.reason)}" if p.source == ASSUMED else cards(here, [p.source])
        why += " *Contested.*" if p.contested else ""
        return [
            code(p.name),
            text(p.description),
            text(p.unit),
            f"{p.prior.centre:.4g}",
            code(p.prior),
            why,
        ]

    headings = ["parameter", "meaning", "unit", "median", "prior", "source and reason"]
    return "\n\n".join(
        filter(None, (table(headings, map(row, item.parameters)), _fitted(item, here)))
    )


def _fitted(item: Mechanism, here: str) -> str:
    """Return what data before 1945 made of the priors, where they were fitted."""
    rows = [
        [code(name), code(found.prior), found.window, str(found.observations),
         cards(here, [found.source])]
        for name in (p.name for p in item.parameters)
        if (found := fitted().get(item.qualified(name))) is not None
    ]  # fmt: skip
    if not rows:
        return ""
    told = "After the data, in place of the prior ([Fitting](../../fitting.md)):"
    return told + "\n\n" + table(["parameter", "after the data", "window", "rows", "source"], rows)


# Variables ------------------------------------------------------------------------


def variable_page() -> Pages:
    """Write the state variables by kind, each with its writers and readers."""
    parts = [
        "# State variables",
        "The rooms of the engine meet in these names only. A *stock* stands at the end of a year, "
        "a *flow* is of a year, a *constant* is set at the start. The dimension `member` leads "
        "every variable and is left out here. *Recorded* variables can be compared with the "
        "record.",
    ]
    for kind, title in (
        ("stock", "Stocks"),
        ("flow", "Flows"),
        ("constant", "Constants"),
        ("lever", "Levers"),
    ):
        rows = [_variable(name, v) for name, v in variables().items() if v.kind == kind]
        headings = ["variable", "what", "unit", "dimensions", "written by", "read by", "recorded"]
        parts += [f"## {title}", table(headings, rows)]
    yield VARIABLES, "\n\n".join(parts)


def _variable(name: str, item: Variable) -> list[str]:
    every = mechanisms().values()
    return [
        f'<span id="{name}"></span>{code(name)}',
        text(item.title) + (f". {text(item.description)}" if item.description else ""),
        text(item.unit),
        ", ".join(item.dims),
        acts(VARIABLES, [m.name for m in every if name in m.writes]) or "the start",
        acts(VARIABLES, [m.name for m in every if name in (*m.reads, *m.lagged)]),
        "yes" if item.record else "",
    ]


# Theories, claims, scenarios --------------------------------------------------------


def theory_page() -> Pages:
    """Write the theories: their mechanisms and what they assert beyond the engine."""
    parts = ["# Theories", "A theory is a choice of mechanisms, of priors, and of claims."]
    for item in theories():
        parts += [
            f"## {text(item.title)} {{#{item.id}}}",
            text(item.description),
            facts(
                {
                    "Name": code(item.id),
                    "Source": cards(THEORIES, [item.source]),
                    "Mechanisms": acts(THEORIES, item.mechanisms),
                    "Claims": ", ".join(
                        link(THEORIES, f"claims/{c}.md", c) for c in load_claims(item.id)
                    ),
                }
            ),
        ]
        if item.assumptions:
            rows = [
                [
                    code(a.parameter),
                    code(a.prior),
                    ", ".join(a.paragraphs),
                    text(a.reason),
                ]
                for a in item.assumptions
            ]
            parts.append(table(["it asserts of", "prior", "paragraphs", "in words"], rows))
    yield THEORIES, "\n\n".join(parts)


def claim_pages() -> Pages:
    """Write the list of claims and a page for each."""
    found = [(t, c) for t in theories() for c in load_claims(t.id).values()]
    rows = [
        [
            link(CLAIMS, f"claims/{c.id}.md", c.id),
            text(c.title),
            link(CLAIMS, THEORIES, code(t.id), t.id),
            f"{c.horizon.years} years",
            names(CLAIMS, [c.main.variable]),
        ]
        for t, c in found
    ]
    intro = (
        "# Claims\n\nWhat a source asserts, with a horizon, a check and what would refute it. "
        "A run judges each in [three ways](../../data-flow.md#three-ways-to-judge). "
        "[How to add one](../../how-to/claim.md).\n\n"
    )
    headings = ["claim", "title", "theory", "horizon", "main measure"]
    yield CLAIMS, intro + table(headings, rows)
    for theory, claim in found:
        yield f"claims/{claim.id}.md", _claim(theory, claim)


def _claim(theory: Theory, claim: Claim) -> str:
    here, h, check = f"claims/{claim.id}.md", claim.horizon, claim.check
    what = (
        f"passes {check.level:g} in some year up to the horizon"
        if isinstance(check, Reaches)
        else "grows faster from the start to the horizon than in "
        f"{check.past[0]}-{check.past[1]}, by the same series"
    )
    said = f"{text(claim.paraphrase)} (paragraphs {', '.join(claim.paragraphs)})"
    beside = names(here, [m.variable for m in claim.measures if m.role == "beside"])
    found = suspects(claim, theory)
    guard = "; ".join(f"{acts(here, [name])} {text(why)}" for name, why in found.items())
    return "\n\n".join(
        [
            f"# {claim.id}: {text(claim.title)}",
            facts(
                {
                    "The source says": said,
                    "Theory": link(here, THEORIES, code(theory.id), theory.id),
                    "Check": f"{names(here, [claim.main.variable])} of `{claim.territory}` {what}",
                    "Horizon": f"{h.years} years ({h.low} to {h.high} shown): {text(h.note)}",
                    "Shown beside": beside,
                    "Control": code(claim.counterfactual or ""),
                    "Refuted by": text(claim.refuted_by),
                    "Looked at for circularity": guard or "no mechanism",
                }
            ),
            "## The record",
            _record(theory, claim),
            f"```console\n$ conjuncture claims show {claim.id}\n```",
        ]
    )


def _record(theory: Theory, claim: Claim) -> str:
    here = f"claims/{claim.id}.md"
    starts = [load_scenario(n).start for n in scenario_names()]
    evidence = gather(claim, min(starts), claim.horizon.years)
    kind, reason = by_record(claim, evidence)
    rows = [
        [
            link(here, f"series/{e.variable}.md", code(e.series), e.series),
            text(e.concept),
            e.role,
            {True: "yes", False: "no", None: "no data"}[e.holds],
            cards(here, [e.source]),
            text(e.text),
        ]
        for e in evidence
    ]
    said = f"**{kind}**: {text(reason)}."
    headings = ["series", "measures", "role", "holds", "card", "why"]
    return f"{said}\n\n{table(headings, rows)}"


def scenario_page() -> Pages:
    """Write the scenarios with their comparisons."""
    parts = ["# Scenarios", "[How to add one](../how-to/scenario.md)."]
    for name in scenario_names():
        item: Scenario = load_scenario(name)
        parts += [
            f"## {text(item.title)} {{#{item.id}}}",
            text(item.description),
            facts(
                {
                    "Name": code(item.id),
                    "Window": f"from the end of {item.start} to {item.until}",
                    "Territories": ", ".join(
                        link(SCENARIOS, f"countries/{c}.md") for c in item.territories
                    ),
                    "Theory": link(SCENARIOS, THEORIES, code(item.theory), item.theory),
                    "Members, seed": f"{item.members}, {item.seed}",
                    "Set": ", ".join(code(f"{k} = {v:g}") for k, v in item.set.items()),
                    **{
                        f"Beside: {c.id}": f"{text(c.title)} "
                        + ", ".join(code(f"{k} = {v:g}") for k, v in c.set.items())
                        for c in item.comparisons
                    },
                }
            ),
            f"```console\n$ conjuncture run {item.id}\n```",
        ]
    yield SCENARIOS, "\n\n".join(parts)
