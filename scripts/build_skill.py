"""Score a scenario, switch its mechanisms off one by one, and write ``docs/skill.md``.

    python scripts/build_skill.py --members 40 --members-off 20 --workers 2
    python scripts/build_skill.py --only-page       write the page anew from the results kept

The results lie in ``docs/assets/skill.json``; a test compares the page with what they give.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from conjuncture.core.files import read_text, write_text
from conjuncture.run.ensemble import order_run, run_arms
from conjuncture.run.scenario import load_scenario
from conjuncture.score.ablation import Ablation, Change, ablate
from conjuncture.score.proper import Parts
from conjuncture.score.scores import Score, Skill, score_history
from conjuncture.score.tables import changes, event_rows, series_rows, wide_rows
from conjuncture.score.wide import compare_wide
from reference_markup import table

DOCS = Path(__file__).parents[1] / "docs"
FEW = 20
"""Members below which the page warns of the weakness of the test of switches."""

PAGE, RESULTS = DOCS / "skill.md", DOCS / "assets" / "skill.json"


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Run, score and switch off; return plain data."""
    order = order_run(
        load_scenario(arguments.scenario), members=arguments.members, until=arguments.until
    )
    (history,) = run_arms(order.arms()[:1], order)
    scores = score_history(history)
    print(f"{len(scores)} scores of {order.members} members")
    less = order_run(
        order.scenario,
        members=arguments.members_off,
        until=arguments.until_off or arguments.until,
        seed=order.seed,
    )
    wide = compare_wide(less, workers=arguments.workers)
    found = ablate(
        less, workers=arguments.workers, progress=lambda name, _: print(name, flush=True)
    )
    return {
        "scenario": order.scenario.id,
        "title": order.scenario.title,
        "until": order.until,
        "members": order.members,
        "members_off": less.members,
        "until_off": less.until,
        "seed": order.seed,
        "scores": [
            rounded(item.as_dict()) for item in scores if "all" in {item.group, item.period}
        ],
        "wide": rounded(
            {
                "factor": wide.factor,
                "parameters": len(wide.parameters),
                "rows": wide_rows(wide),
                "found": [vars(change) for change in wide.comparison.found],
            }
        ),
        "ablation": [
            rounded(
                item.as_dict()
                | {
                    "bits": item.bits,
                    "threshold": item.threshold,
                    "measures": len(item.changes),
                    "changes": [vars(change) for change in item.found],
                }
            )
            for item in found
        ],
    }


def lines(data: dict[str, Any]) -> str:
    """Write JSON with each entry of a list on a line of its own."""
    parts = []
    for key, value in data.items():
        text = json.dumps(value)
        if isinstance(value, list):
            text = "[\n" + ",\n".join(json.dumps(entry) for entry in value) + "\n]"
        parts.append(f"{json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def rounded(value: Any) -> Any:
    """Round every number to five significant digits."""
    if isinstance(value, dict):
        return {key: rounded(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(entry) for entry in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


def score(data: dict[str, Any]) -> Score:
    """Return a score from plain data."""
    parts = data["parts"]
    return Score(
        **data
        | {
            "parts": None if parts is None else Parts(**parts),
            "skills": {name: Skill(**item) for name, item in data["skills"].items()},
        }
    )


def ablation(data: dict[str, Any]) -> Ablation:
    """Return an ablation from plain data."""
    return Ablation(
        data["mechanism"],
        data["label"],
        tuple(Change(**change) for change in data["changes"]),
        data["bits"],
        data["threshold"],
        tuple(data["elsewhere"]),
        data["failure"],
    )


# The page ------------------------------------------------------------------------------


def rows_table(rows: list[dict[str, object]]) -> str:
    """Write rows as a table of Markdown."""
    if not rows:
        return "None in this run."
    return table(list(rows[0]), [[str(cell) for cell in row.values()] for row in rows])


def sections(results: dict[str, Any]) -> dict[str, str]:
    """Return the parts of the page that follow from the results."""
    scores = [score(item) for item in results["scores"]]
    every = [item for item in scores if item.group == "all"]
    found = [ablation(item) for item in results["ablation"]]
    quiet = [item.mechanism for item in found if not item.found and not item.failure]
    groups = [item for item in scores if item.period == "all" and item.group != "all"]
    return {
        "run": f"Scenario `{results['scenario']}` ({results['title']}) to {results['until']}: "
        f"{results['members']} members, seed {results['seed']}; the runs with a mechanism "
        f"switched off, and with wide priors, have {results['members_off']} members and end "
        f"with {results['until_off']}.",
        "figures": rows_table(series_rows(every)),
        "groups": rows_table(series_rows([s for s in groups if s.measure == "level"], groups=True)),
        "events": rows_table(event_rows(every)),
        "switches": rows_table([_switch(ablation(item), item) for item in results["ablation"]]),
        "test": _test(results),
        "wide": _wide(results["wide"]),
        "quiet": "Mechanisms whose switch changes none of the main measures beyond Monte Carlo "
        f"error: {', '.join(f'`{name}`' for name in quiet) or 'none'}.",
    }


def _test(results: dict[str, Any]) -> str:
    """Say how large a change must be to be seen."""
    thresholds = [item["threshold"] for item in results["ablation"] if not item["failure"]]
    if not thresholds:
        return "No run went without a mechanism."
    members = results["members_off"]
    text = f"With {members} members a change counts beyond {max(thresholds):.1f} errors."
    if results["members_off"] < FEW:
        text += (
            " So few show large effects only: a mechanism without one is not shown to do nothing."
        )
    return text + (
        " One that *changes no figure* had nothing to act on in this run, such as a policy that "
        "the scenario does not set."
    )


def _switch(item: Ablation, data: dict[str, Any]) -> dict[str, object]:
    return {
        "mechanism": f"`{item.mechanism}`",
        "verdict": f"changes {len(item.found)} of {data['measures']} measures"
        if item.found
        else item.verdict,
        "scores (more is worse)": changes(item.found, "score"),
        "outcomes": changes(item.found, "outcome"),
    }


def _wide(data: dict[str, Any]) -> str:
    scores = changes(tuple(Change(**item) for item in data["found"]), "score", most=99)
    return (
        f"{data['parameters']} parameters rest on an assumption of the engine. With their priors "
        f"{data['factor']:g} times as wide, on the same quantiles:\n\n"
        f"{rows_table(data['rows'])}\n\nScores that change beyond Monte Carlo error: {scores}."
    )


def filled(page: str, results: dict[str, Any]) -> str:
    """Return the page with its parts written from the results."""
    for name, body in sections(results).items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, rest = page.split(begin)
        after = rest.split(end)[1]
        page = f"{before}{begin}\n{body}\n{end}{after}"
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="1945")
    parser.add_argument("--members", type=int, default=40)
    parser.add_argument("--members-off", type=int, default=20)
    parser.add_argument("--until", type=int)
    parser.add_argument("--until-off", type=int, help="last year of the runs compared")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only-page", action="store_true")
    arguments = parser.parse_args()
    if not arguments.only_page:
        write_text(RESULTS, lines(run(arguments)))
    results = json.loads(read_text(RESULTS))
    write_text(PAGE, filled(read_text(PAGE), results))


if __name__ == "__main__":
    main()
