"""What the scripts that build shipped tables have in common."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from conjuncture.accounts.checks import checked
from conjuncture.accounts.formats.form import read_table, write_table
from conjuncture.accounts.table import Table
from conjuncture.core.files import content_root, sha256, write_text
from conjuncture.core.sources import source, sources


def arguments(description: str) -> argparse.Namespace:
    """Read ``--data`` (where the sources lie) and ``--content`` (where to write)."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="folder of the source data")
    parser.add_argument(
        "--content", type=Path, default=content_root(), help="content folder to write into"
    )
    return parser.parse_args()


def verified(path: Path, checksum: str | None) -> Path:
    """Return a source file, or stop where it is not the one that its card describes."""
    if sha256(path) != checksum:
        raise SystemExit(f"{path}: checksum differs from that of its origin card")
    return path


def card_file(path: Path, card: str) -> Path:
    """Return a source file whose checksum stands on an origin card."""
    return verified(path, source(card).checksum)


def write_card(content: Path, card: Mapping[str, Any]) -> None:
    """Write the origin card of something derived here."""
    text = yaml.safe_dump(dict(card), sort_keys=False, allow_unicode=True, width=96)
    write_text(content / "sources" / f"{card['id']}.yaml", text)
    sources.cache_clear()


def derived_card(
    identifier: str,
    title: str,
    *,
    parents: tuple[str, ...],
    steps: tuple[str, ...],
    redistribution: str,
    script: str,
    note: str = "",
) -> dict[str, Any]:
    """Return the origin card of figures derived by a script of this project."""
    licences = {"cc-by": "CC BY 4.0, as its sources", "public-domain": "Public domain"}
    card = {
        "id": identifier,
        "title": title,
        "producer": "Conjuncture",
        "citation": f"Derived by scripts/{script} from the sources named",
        "licence": licences[redistribution],
        "redistribution": redistribution,
        "where": f"scripts/{script}",
        "derived_from": list(parents),
        "steps": list(steps),
    }
    return card | ({"note": note} if note else {})


def with_negative_final(table: Table) -> Table:
    """Name the products of which a final use sells more (of used goods) than it buys."""
    bought = [k for k, use in enumerate(table.final_uses) if use.role != "inventories"]
    names = tuple(np.array(table.sectors)[(table.final[:, bought] < 0).any(axis=1)].tolist())
    if not names:
        return table
    return dataclasses.replace(table, exceptions={**table.exceptions, "negative_final": names})


def ship(table: Table, content: Path) -> None:
    """Check a table, write it, and check what was written."""
    folder = content / "tables" / table.name
    write_table(checked(table), folder)
    again = checked(read_table(folder))
    size = (folder / "flows.csv").stat().st_size / 1e3
    print(
        f"{again.name}: {again.size} sectors, output {again.output.sum():,.0f} {again.unit}, "
        f"value added {again.value_added.sum():,.0f}, {size:.0f} kB"
    )
