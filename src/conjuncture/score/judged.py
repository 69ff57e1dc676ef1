"""What a history is judged by: the record of many territories, and the catalog's series."""

from __future__ import annotations

from conjuncture.core.state import variables
from conjuncture.data.catalog import LAST_STARTING_YEAR, Series, all_series, figures
from conjuncture.data.record_files import record_file, record_files
from conjuncture.data.record_model import RecordFile
from conjuncture.data.record_past import past
from conjuncture.score.votes import vote_series


def judged() -> list[RecordFile]:
    """Return every file of the record, and votes and the catalog's series in the same form.

    A series in the money of a table, or by sector, has no counterpart in a run that the
    score could take as it is; one whose source and territory a file of the record has, would
    be counted twice. Both are left out.
    """
    files = [record_file(name) for name in record_files()]
    files += [votes for f in files if f.form == "votes" for votes in vote_series(f)]
    taken = {(f.variable, f.source, code) for f in files for code in f.values}
    return files + [
        as_file(item)
        for item in all_series().values()
        if item.sector is None
        and not variables()[item.variable].in_money
        and (item.variable, item.source, item.territory) not in taken
        and max(item.values) > LAST_STARTING_YEAR
    ]


def as_file(item: Series) -> RecordFile:
    """Return a series of the catalog as a file of the record, with its past."""
    values = figures(item.id, "judge")
    known = past(item.permitted("fit"))
    return RecordFile(
        id=item.id,
        variable=item.variable,
        form="series",
        title=item.title,
        concept=item.concept,
        unit=item.unit,
        timing=item.timing,
        source=item.source,
        values={item.territory: {y: (v,) for y, v in values.items() if y > LAST_STARTING_YEAR}},
        past={} if known is None else {item.territory: known},
    )
