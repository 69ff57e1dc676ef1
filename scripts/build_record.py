"""Build ``content/record/*.yaml`` from the source files.

Run ``python scripts/build_record.py --data DIR``; it takes the units from the state files. The
method is told in ``docs/record.md``. Running it again writes the same bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from build_common import arguments
from conjuncture.core.files import write_text
from conjuncture.data.record_files import load_record_files
from record_events import alliance, dispute, independence, nuclear, statified_regime, war
from record_reader import World
from record_series import capabilities, maddison, military_share, state_ownership, votes


def text(data: dict[str, Any]) -> str:
    """Write a file: one line for each territory or pair."""
    lines = []
    for key, value in data.items():
        if isinstance(value, dict) and value and key != "rate":
            lines.append(f"{key}:")
            lines += [f"  {name}: {_flow(entry)}" for name, entry in value.items()]
        elif value not in ("", [], {}):
            lines.append(_plain(key, value))
    return "\n".join(lines) + "\n"


def _flow(value: object) -> str:
    dumped = yaml.safe_dump(_short(value), default_flow_style=True, sort_keys=False, width=10**6)
    return dumped.removesuffix("\n").removesuffix("\n...")


def _short(value: Any) -> Any:
    """Write whole numbers without a decimal point."""
    if isinstance(value, dict):
        return {key: _short(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_short(entry) for entry in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _plain(key: str, value: object) -> str:
    flow = None if isinstance(value, (list, dict)) else False
    dumped = yaml.safe_dump(
        {key: value}, sort_keys=False, allow_unicode=True, width=96, default_flow_style=flow
    )
    return str(dumped).rstrip("\n")


def build(data: Path) -> list[dict[str, Any]]:
    """Return the data of every file."""
    world = World(data)
    return [
        *maddison(world),
        *capabilities(world),
        military_share(world),
        state_ownership(world),
        votes(world),
        war(world),
        dispute(world),
        alliance(world),
        independence(world),
        statified_regime(world),
        nuclear(world),
    ]


def main() -> None:
    given = arguments(__doc__ or "")
    folder = given.content / "record"
    for item in build(given.data):
        write_text(folder / f"{item['id']}.yaml", text(item))
    found = load_record_files(folder)
    size = sum(path.stat().st_size for path in folder.glob("*.yaml")) / 1e3
    print(f"{len(found)} files, {size:.0f} kB in {folder}")


if __name__ == "__main__":
    main()
