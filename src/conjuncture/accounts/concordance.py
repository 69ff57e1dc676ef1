"""Concordances: where each sector of one classification goes in another."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import yaml
from pydantic import ConfigDict, Field

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults, nearest
from conjuncture.core.files import Record, parse_yaml, read_text, validate, write_text

EXACT = 1e-9
"""How far the weights of a divided sector may add up to something else than 1."""

COLUMNS = ("from", "to", "weight", "title", "proxy")
"""Columns of a concordance as CSV; the last three may be missing."""


class LinkRecord(Record):
    """A line of a concordance: ``{from: old, to: new}``, with a weight where old is divided."""

    model_config = ConfigDict(populate_by_name=True)

    source: str = Field(alias="from", min_length=1)
    target: str = Field(alias="to", min_length=1)
    weight: float = Field(default=1.0, gt=0, le=1)


class ConcordanceRecord(Record):
    """A concordance as YAML; see ``docs/tables.md``.

    Attributes
    ----------
    title : str
        What the new classification is.
    proxy : str
        What the weights of divided sectors were taken from; needed where there are any.
    titles : dict of str to str
        Titles of new sectors.
    links : tuple of LinkRecord
        From every old sector to a new one.
    """

    title: str = Field(min_length=1)
    proxy: str = ""
    titles: dict[str, str] = Field(default_factory=dict)
    links: tuple[LinkRecord, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Link:
    """An old sector, a new one, and the share of the old that goes to the new."""

    source: str
    target: str
    weight: float = 1.0


@dataclass(frozen=True)
class Concordance:
    """Where each old sector goes.

    Attributes
    ----------
    links : tuple of Link
        New sectors stand in the order in which they are first named.
    title : str
        What the new classification is.
    proxy : str
        What the weights of divided sectors were taken from.
    titles : mapping of str to str
        Titles of new sectors; others keep the title of their only source, or
        have their code as title.
    file : str
        Where it was read from, for messages.
    """

    links: tuple[Link, ...]
    title: str
    proxy: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    file: str = ""

    @property
    def targets(self) -> tuple[str, ...]:
        """New sectors, in order."""
        return tuple(dict.fromkeys(link.target for link in self.links))

    @property
    def sources(self) -> tuple[str, ...]:
        """Old sectors, in the order of the file."""
        return tuple(dict.fromkeys(link.source for link in self.links))

    def backward(self) -> Concordance:
        """Return the aggregation that undoes a disaggregation.

        Raises
        ------
        InputError
            If a new sector was put together from several old ones.
        """
        faults = Faults(self.file or self.title)
        origins: dict[str, list[str]] = {}
        for link in self.links:
            origins.setdefault(link.target, []).append(link.source)
        for target, found in origins.items():
            if len(found) > 1:
                faults.add(
                    f"is put together from {', '.join(found)}, which cannot be told apart again",
                    "disaggregate with shares of your own",
                    field="links",
                    value=target,
                )
        faults.raise_if_any()
        links = tuple(Link(link.target, link.source) for link in self.links)
        return Concordance(links, f"back from: {self.title}")

    def faults(self, sectors: tuple[str, ...]) -> Faults:
        """Return everything that keeps the concordance from fitting a classification."""
        faults = Faults(self.file or self.title)
        sources, known = self.sources, set(sectors)
        for source in sources:
            if source not in known:
                faults.unknown("sector", source, sectors, field="links: from")
        linked = set(sources)
        for sector in sectors:
            if sector not in linked:
                faults.add(
                    "sector of the table goes nowhere",
                    "add a link from it",
                    field="links: from",
                    value=sector,
                    nearest=nearest(sector, sources),
                )
        faults.extend(self._own_faults())
        return faults

    def _own_faults(self) -> Faults:
        faults = Faults(self.file or self.title)
        pairs = Counter((link.source, link.target) for link in self.links)
        for pair in (p for p, times in pairs.items() if times > 1):
            faults.add(
                "link stands twice",
                "give it once",
                field=f"links: {pair[0]} to {pair[1]}",
                value=pair[0],
            )
        shares: dict[str, list[float]] = {}
        for link in self.links:
            shares.setdefault(link.source, []).append(link.weight)
        for source, weights in shares.items():
            if not abs(sum(weights) - 1) <= EXACT:
                faults.add(
                    f"weights of the {len(weights)} links from the sector add up to "
                    f"{sum(weights):.10g}",
                    "give weights that add up to 1, or one link",
                    field=f"links: {source}",
                    value=sum(weights),
                )
        if any(link.weight != 1 for link in self.links) and not self.proxy.strip():
            faults.add("sectors are divided by no stated proxy", "say what the weights are taken "
                       "from", field="proxy")  # fmt: skip
        for name in self.titles:
            if name not in self.targets:
                faults.unknown("new sector", name, self.targets, field="titles")
        return faults

    def matrix(self, sectors: tuple[str, ...]) -> Array:
        """Return the weights S, new sectors x old sectors (shares).

        Raises
        ------
        InputError
            With every label that is unknown, missing or doubled, every set of
            weights that does not add up to 1, and a missing proxy.
        """
        self.faults(sectors).raise_if_any()
        weights = np.zeros((len(self.targets), len(sectors)))
        rows = {name: k for k, name in enumerate(self.targets)}
        columns = {name: k for k, name in enumerate(sectors)}
        for link in self.links:
            weights[rows[link.target], columns[link.source]] = link.weight
        return weights


def identity(sectors: tuple[str, ...]) -> Concordance:
    """Return the concordance that leaves a classification as it is."""
    return Concordance(tuple(Link(name, name) for name in sectors), "the same classification")


def division(
    sectors: tuple[str, ...], amounts: Mapping[str, Mapping[str, float]], *, proxy: str
) -> Concordance:
    """Return the concordance that divides sectors in proportion to amounts.

    Raises
    ------
    InputError
        As :func:`conjuncture.accounts.aggregation.disaggregate`.
    """
    faults = Faults("disaggregation")
    for sector, parts in amounts.items():
        if sector not in sectors:
            faults.unknown("sector", sector, sectors, field="amounts")
        if not parts:
            faults.add("is divided into nothing", "name its parts", field="amounts", value=sector)
        for part, amount in parts.items():
            if not (np.isfinite(amount) and amount > 0):
                field = f"amounts: {sector}, {part}"
                faults.add("amount is not positive", "give one above 0", field=field, value=amount)
    whole = [(sector, amounts.get(sector, {sector: 1.0})) for sector in sectors]
    labels = Counter(part for _, parts in whole for part in parts)
    for label in (name for name, times in labels.items() if times > 1):
        faults.add("new label stands for two sectors", "rename one", field="amounts", value=label)
    faults.raise_if_any()
    links = [
        Link(sector, part, amount / sum(parts.values()))
        for sector, parts in whole
        for part, amount in parts.items()
    ]
    return Concordance(tuple(links), f"divided by {proxy}", proxy)


# Files --------------------------------------------------------------------------


def read_concordance(path: Path) -> Concordance:
    """Read a concordance from YAML, or from CSV with the columns ``from``, ``to``, ``weight`` ...

    Raises
    ------
    InputError
        With every fault of the file.
    """
    path = Path(path)
    data = _csv_data(path) if path.suffix == ".csv" else parse_yaml(read_text(path), str(path))
    record = validate(data, ConcordanceRecord, str(path))
    links = tuple(Link(link.source, link.target, link.weight) for link in record.links)
    found = Concordance(links, record.title, record.proxy, dict(record.titles), str(path))
    found._own_faults().raise_if_any()
    return found


def write_concordance(concordance: Concordance, path: Path) -> Path:
    """Write a concordance as YAML; :func:`read_concordance` reads it again."""
    data: dict[str, object] = {"title": concordance.title}
    if concordance.proxy:
        data["proxy"] = concordance.proxy
    if concordance.titles:
        data["titles"] = dict(concordance.titles)
    data["links"] = [
        {"from": link.source, "to": link.target}
        | ({"weight": link.weight} if link.weight != 1 else {})
        for link in concordance.links
    ]
    return write_text(Path(path), yaml.safe_dump(data, sort_keys=False, allow_unicode=True))


def _csv_data(path: Path) -> dict[str, object]:
    """Turn a CSV into the data of a YAML concordance; cells that are no numbers stay text."""
    rows = list(csv.reader(io.StringIO(read_text(path).removeprefix("\ufeff"), newline="")))
    heading = [cell.strip() for cell in rows[0]] if rows else []
    faults = Faults(str(path))
    for name in heading:
        if name not in COLUMNS:
            faults.unknown("column", name, COLUMNS, field="line 1")
    for name in COLUMNS[:2]:
        if heading.count(name) != 1:
            faults.add("column must stand once", "add or keep one", field="line 1", value=name)
    kept = [(n, row) for n, row in enumerate(rows[1:], start=2) if any(map(str.strip, row))]
    for line, row in kept:
        if len(row) != len(heading):
            faults.add(
                f"has {len(row)} cells where the header line has {len(heading)}",
                "give one cell for each column",
                field=f"line {line}",
                value=",".join(row)[:60],
            )
    faults.raise_if_any()
    lines = [dict(zip(heading, map(str.strip, row), strict=True)) for _, row in kept]
    proxies = dict.fromkeys(line["proxy"] for line in lines if line.get("proxy"))
    return {
        "title": f"the classification of {path.name}",
        "proxy": "; ".join(proxies),
        "titles": {line["to"]: line["title"] for line in lines if line.get("title")},
        "links": [
            {"from": line["from"], "to": line["to"]}
            | ({"weight": line["weight"]} if line.get("weight") else {})
            for line in lines
        ],
    }
