"""Families of parties: which family each party of the state files belongs to."""

from __future__ import annotations

from functools import cache

from conjuncture.core.errors import Faults, lookup
from conjuncture.core.files import Record, content_root, read_yaml
from conjuncture.data.state_model import Party, State
from conjuncture.data.states import states


class PartyFamilies(Record):
    """The file of families.

    Attributes
    ----------
    families : mapping of str to str
        Label of the dimension ``party`` for each family of ParlGov.
    parties : mapping of str to mapping of str to str
        By unit, the parties whose source has no family, or another one.
    """

    families: dict[str, str]
    parties: dict[str, dict[str, str]]


@cache
def party_families() -> PartyFamilies:
    """Load the file and check it against the state files.

    Raises
    ------
    InputError
        If it names a unit or a party that no state file has, or a party of the
        state files has no family; all at once.
    """
    found = read_yaml(content_root() / "party_families.yaml", PartyFamilies)
    faults = Faults("party_families.yaml")
    for code, of in found.parties.items():
        known = {party.name for party in states()[code].parties} if code in states() else set()
        if code not in states():
            faults.unknown("unit", code, states(), field="parties")
        for name in of:
            if name not in known:
                faults.unknown("party", name, known, field=f"parties.{code}")
    for code, item in states().items():
        for party in item.parties:
            if party.name not in found.parties.get(code, {}) and not party.family:
                faults.add(
                    f"has no family: {party.name}",
                    "name its family under parties",
                    field=f"parties.{code}",
                )
    faults.raise_if_any()
    return found


def family_of(item: State, party: Party) -> str:
    """Return the label of a party's family.

    Raises
    ------
    InputError
        If its family is unknown; the nearest are given.
    """
    own = party_families().parties.get(item.id, {})
    if party.name in own:
        return own[party.name]
    return lookup("family", party.family, party_families().families, "party_families.yaml")
