"""Build ``content/series/*.yaml`` from the source files.

Run ``python scripts/build_series.py --data DIR`` where DIR holds the folders ``io`` and ``world``
described in ``docs/data.md``. The output depends on the source files alone: running it again
writes the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import yaml

from conjuncture.core.files import content_root, sha256, write_text
from conjuncture.core.sources import source
from conjuncture.data.catalog import load_series
from series_reader import (
    ADH,
    CIA_SECTOR,
    COW,
    ENERGY,
    GOLDSMITH,
    HARRISON_GDP,
    MADDISON,
    NARKHOZ,
    TEXT,
    Reader,
)
from series_specs import GROUPS

CHECKSUMS = {
    "narkhoz_1965": NARKHOZ,
    "cia_jec_1990": CIA_SECTOR,
    "harrison_1998": HARRISON_GDP,
    "goldsmith_1946": GOLDSMITH,
    "maddison_2023": MADDISON,
    "cow_nmc_7": COW,
    "adh_1993": ADH,
    "etemad_luciani_1991": ENERGY,
    "wheatcroft_davies_1994": TEXT,
}
"""Cards whose checksum must be that of the file read here."""


def check_sources(data: Path) -> None:
    """Refuse source files other than those that the cards describe."""
    for card, name in CHECKSUMS.items():
        found, expected = sha256(data / name), source(card).checksum
        if found != expected:
            raise SystemExit(f"{name}: checksum {found} is not that of card {card}, {expected}")


def build(data: Path, folder: Path) -> list[Path]:
    """Write every series file and return the paths.

    Parameters
    ----------
    data : Path
        Folder of the source files.
    folder : Path
        Receives one YAML file for each series.
    """
    check_sources(data)
    read = Reader(data)
    written = []
    for group in GROUPS:
        for item in group(read):
            text = yaml.safe_dump(item, sort_keys=False, allow_unicode=True, width=96)
            written.append(write_text(folder / f"{item['id']}.yaml", text))
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the source files")
    parser.add_argument("--out", type=Path, default=content_root() / "series")
    arguments = parser.parse_args()
    written = build(arguments.data, arguments.out)
    print(f"{len(written)} series in {arguments.out}")
    load_series(arguments.out)


if __name__ == "__main__":
    main()
