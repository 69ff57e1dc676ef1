"""The order of a year: readers follow writers; loops and double writers are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conjuncture.core.errors import CircularError, Fault, Faults
from conjuncture.core.registry import PHASES, Mechanism
from conjuncture.core.state import Variable, variables


def order(mechanisms: Iterable[Mechanism], given: Iterable[str] = ()) -> tuple[Mechanism, ...]:
    """Put mechanisms into the order of a year.

    Phases follow :data:`PHASES`; within a phase a reader of a flow follows its
    writer.

    Parameters
    ----------
    mechanisms : iterable of Mechanism
        The mechanisms of a run.
    given : iterable of str
        Constants and opening stocks that the start provides.

    Raises
    ------
    InputError
        If a variable has two writers, or a variable read is written by nobody.
    CircularError
        If mechanisms read each other's flows within a year; the chain is printed.
    """
    chosen = list(mechanisms)
    writers = _writers(chosen)
    _check_reads(chosen, writers, set(given))
    ordered: list[Mechanism] = []
    for phase in PHASES:
        ordered.extend(_sort([m for m in chosen if m.phase == phase], writers))
    _check_direction(ordered, writers)
    return tuple(ordered)


def _writers(mechanisms: list[Mechanism]) -> dict[str, Mechanism]:
    faults = Faults()
    found: dict[str, Mechanism] = {}
    for item in mechanisms:
        for name in item.writes:
            if name in found and item.phase != "start" and found[name].phase != "start":
                faults.add(
                    f"is written by {found[name].name} and by {item.name}",
                    "leave one of the two out of the theory, or let it write another variable",
                    field=name,
                )
            if name not in found or item.phase != "start":
                found[name] = item
    faults.raise_if_any()
    return found


def _check_reads(
    mechanisms: list[Mechanism], writers: Mapping[str, Mechanism], given: set[str]
) -> None:
    faults = Faults()
    for item in mechanisms:
        for name in (*item.reads, *item.lagged):
            if name not in writers and name not in given:
                faults.add(
                    f"is read by {item.name}, but no mechanism of the run writes it",
                    "add a mechanism that writes it, or give it at the start",
                    field=name,
                )
    faults.raise_if_any()


def _needs(item: Mechanism, writers: Mapping[str, Mechanism]) -> list[Mechanism]:
    """Return the writers of the flows of this year that a mechanism reads."""
    known: Mapping[str, Variable] = variables()
    return [
        writers[name]
        for name in item.reads
        if known[name].kind == "flow" and name in writers and writers[name] is not item
    ]


def _sort(phase: list[Mechanism], writers: Mapping[str, Mechanism]) -> list[Mechanism]:
    done: list[Mechanism] = []
    trail: list[Mechanism] = []

    def visit(item: Mechanism) -> None:
        if item in done:
            return
        if item in trail:
            chain = [m.name for m in [*trail[trail.index(item) :], item]]
            raise CircularError(
                Fault(
                    f"mechanisms wait for each other within the year: {' <- '.join(chain)}",
                    "let one of them read last year's value (lagged)",
                )
            )
        trail.append(item)
        for needed in _needs(item, writers):
            if needed in phase:
                visit(needed)
        trail.pop()
        done.append(item)

    for item in phase:
        visit(item)
    return done


def _check_direction(ordered: list[Mechanism], writers: Mapping[str, Mechanism]) -> None:
    faults = Faults()
    position = {item.name: k for k, item in enumerate(ordered)}
    for item in ordered:
        for needed in _needs(item, writers):
            if position[needed.name] > position[item.name]:
                faults.add(
                    f"{item.name} ({item.phase}) reads a flow that {needed.name} writes only "
                    f"later in the year ({needed.phase})",
                    "read last year's value (lagged), or move one of them to another phase",
                    field=", ".join(sorted(set(item.reads) & set(needed.writes))),
                )
    faults.raise_if_any(CircularError)


def upstream(names: Iterable[str], mechanisms: Iterable[Mechanism]) -> tuple[Mechanism, ...]:
    """Return every mechanism whose results can reach the variables named.

    The guard against circular verdicts looks through all of these, whatever
    they cite.
    """
    chosen = list(mechanisms)
    writing: dict[str, list[Mechanism]] = {}
    for item in chosen:
        for name in item.writes:
            writing.setdefault(name, []).append(item)
    queue, reached = list(names), set[str]()
    found: dict[str, Mechanism] = {}
    while queue:
        name = queue.pop()
        if name in reached:
            continue
        reached.add(name)
        for item in writing.get(name, []):
            found[item.name] = item
            queue.extend((*item.reads, *item.lagged))
    return tuple(item for item in chosen if item.name in found)
