"""Running fits: from the shipped series, or from the user's own download."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from conjuncture.core.errors import Faults, InputError
from conjuncture.data.fitted import FittedMechanism, FittedParameter
from conjuncture.fit.catalog import FITS
from conjuncture.fit.files import Tables, read_tables
from conjuncture.fit.posterior import posteriors
from conjuncture.fit.spec import Fit


def refit(folder: Path | None = None, only: Iterable[str] = ()) -> Mapping[str, FittedMechanism]:
    """Fit mechanisms anew.

    Parameters
    ----------
    folder : Path, optional
        The user's download. Without it, only what rests on shipped series is fitted.
    only : iterable of str
        Mechanisms; all by default.

    Returns
    -------
    mapping
        By mechanism, as the files of ``content/fitted`` hold them.

    Raises
    ------
    InputError
        With all faults: unknown mechanisms, files that are missing or wrong, fits
        that the data do not bear.
    """
    chosen = _chosen(tuple(only), folder)
    stems = dict.fromkeys(stem for fit in chosen for stem in fit.needs)
    tables = read_tables(stems, folder)
    faults = Faults()
    found: dict[str, FittedMechanism] = {}
    for fit in chosen:
        try:
            found[fit.mechanism] = fitted_from(fit, tables)
        except InputError as error:
            faults.extend(error.faults)
    faults.raise_if_any()
    return found


def _chosen(only: tuple[str, ...], folder: Path | None) -> list[Fit]:
    """Return the fits asked for that the data at hand allow."""
    faults = Faults("fit")
    for name in only:
        if name not in FITS:
            faults.unknown("fit", name, FITS, field="--only")
    faults.raise_if_any()
    named = [FITS[name] for name in only] if only else list(FITS.values())
    return [fit for fit in named if folder is not None or fit.shipped]


def fitted_from(fit: Fit, tables: Tables) -> FittedMechanism:
    """Run one fit on tables.

    Raises
    ------
    InputError
        If the data do not bear it; the fault names the mechanism.
    """
    try:
        found = posteriors(fit.wanted, fit.function(tables))
    except InputError as error:
        faults = Faults(f"fit {fit.mechanism}")
        for fault in error.faults:
            faults.add(fault.problem, fault.remedy, field=fault.field)
        raise InputError(faults) from None
    card, *also = fit.cards
    return FittedMechanism(
        mechanism=fit.mechanism,
        form=fit.form,
        parameters={
            name: FittedParameter(
                prior=item.after,
                window=fit.window,
                observations=item.observations,
                events=item.events,
                source=card,
                also=tuple(also),
                method=fit.method,
                note=fit.note,
                unit=item.wanted.unit,
                meaning=item.wanted.meaning,
                before=item.wanted.prior(),
                estimate=item.estimate,
                error=item.error,
                correlations=item.correlations,
            )
            for name, item in found.items()
        },
    )
