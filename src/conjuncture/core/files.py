"""Reading checked YAML and writing files that are never left half written."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Hashable, Iterable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from conjuncture.core.errors import Fault, Faults, InputError, nearest


class Record(BaseModel):
    """Base of every file format: frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


RecordT = TypeVar("RecordT", bound=BaseModel)


@cache
def content_root() -> Path:
    """Return the folder of the shipped content (sources, tables, theories ...)."""
    return Path(str(resources.files("conjuncture"))) / "content"


# The parser in C reads the same language some ten times faster, where it was built.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _UniqueKeys(_Loader):  # type: ignore[misc]
    """A YAML loader that refuses a key given twice instead of dropping one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key!r} is given twice", key_node.start_mark
                )
            seen.add(key)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def read_text(path: Path) -> str:
    """Read a UTF-8 file.

    Raises
    ------
    InputError
        If the file is missing, is a folder or is not UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise InputError(
            Fault(
                "no such file",
                "give the path of an existing file",
                str(path),
                nearest=nearest(path.name, siblings),
            )
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            Fault(f"cannot be read: {error}", "give a readable UTF-8 text file", str(path))
        ) from None


def parse_yaml(text: str, file: str) -> Any:
    """Parse YAML text, refusing duplicate keys.

    Raises
    ------
    InputError
        If the text is not YAML; the fault names line and column.
    """
    try:
        return yaml.load(text, Loader=_UniqueKeys)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else None
        problem = getattr(error, "problem", None) or str(error)
        raise InputError(
            Fault(f"is not valid YAML: {problem}", "mend the line named", file, where)
        ) from None


def _known_keys(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """Names that the model accepts at the place of a fault (best effort)."""
    current: Any = model
    for part in location[:-1]:
        if isinstance(current, type) and issubclass(current, BaseModel) and isinstance(part, str):
            info = current.model_fields.get(part)
            if info is None:  # the name of one of several records
                continue
            current = info.annotation
        arguments = getattr(current, "__args__", ())
        models = [a for a in arguments if isinstance(a, type) and issubclass(a, BaseModel)]
        if models:
            current = models[0]
    if isinstance(current, type) and issubclass(current, BaseModel):
        return list(current.model_fields)
    return []


def validate(data: Any, model: type[RecordT], file: str) -> RecordT:
    """Turn plain data into a record, reporting every fault at once.

    Raises
    ------
    InputError
        With one fault for each wrong, missing or unknown key.
    """
    if not isinstance(data, (dict, model)):
        first = ", ".join(list(model.model_fields)[:3])
        what = "is empty" if data is None else "holds no keys and values"
        raise InputError(Fault(what, f"write its keys: {first} ...", file))
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = Faults(file)
        for item in error.errors(include_url=False):
            field = ".".join(str(part) for part in item["loc"])
            value = item.get("input")
            if item["type"] == "extra_forbidden":
                known = _known_keys(model, item["loc"])
                faults.unknown("key", str(item["loc"][-1]), known, field=field)
            elif item["type"] == "missing":
                faults.add("key is missing", "add it", field=field)
            else:
                faults.add(item["msg"], "give a value of this form", field=field, value=value)
        raise InputError(faults) from None


def read_yaml(path: Path, model: type[RecordT]) -> RecordT:
    """Read a YAML file into a checked record.

    Raises
    ------
    InputError
        If the file is missing, is no YAML or does not fit the record.
    """
    return validate(parse_yaml(read_text(path), str(path)), model, str(path))


def check_writable(path: Path, *, folder: bool = False) -> None:
    """Refuse a name that cannot be written, before long work is done for it.

    Parameters
    ----------
    path : Path
        Of a file to be written, or of a folder to write files in; nothing is made.
    folder : bool
        Whether it is a folder.

    Raises
    ------
    InputError
        If a folder stands where the file goes or a file where a folder goes, or the
        place may not be written to.
    """
    if not folder and path.is_dir():
        raise InputError(Fault("is a folder, not a file", "give another name", str(path)))
    if folder and path.exists() and not path.is_dir():
        raise InputError(Fault("is a file, not a folder", "give another name", str(path)))
    whole = path.absolute()
    place = next(p for p in ((whole, *whole.parents) if folder else whole.parents) if p.exists())
    if not place.is_dir():
        raise _unwritable(path, f"{place} is a file, not a folder")
    if not os.access(place, os.W_OK | os.X_OK):
        raise _unwritable(path, f"{place} may not be written to")


def _unwritable(path: Path, why: str) -> InputError:
    remedy = "give a name in a folder that may be written to and has room"
    return InputError(Fault(f"cannot be written: {why}", remedy, str(path)))


def read_records(
    paths: Iterable[Path],
    model: type[RecordT],
    check: Callable[[RecordT, str, Faults], object],
    faults: Faults,
) -> list[RecordT]:
    """Read one record a file, so that the faults of all files come together.

    Parameters
    ----------
    paths : iterable of Path
    model : type
    check : callable
        Records what is wrong with a record, given the file's name without its ending
        and a collector that names the file.
    faults : Faults
        Receives the faults of all files.

    Returns
    -------
    list
        The records that could be read, faulty or not, in the order of the paths.
    """
    found: list[RecordT] = []
    for path in paths:
        try:
            record = read_yaml(path, model)
        except InputError as error:
            faults.extend(error.faults)
            continue
        own = Faults(path.name)
        check(record, path.stem, own)
        faults.extend(own)
        found.append(record)
    return found


def write_atomically(path: Path, write: Callable[[Path], object]) -> Path:
    """Write a file through a temporary one in the same folder, then rename it.

    Parameters
    ----------
    path : Path
        The final name; parents are made.
    write : callable
        Receives the temporary path and writes to it.

    Returns
    -------
    Path
        ``path``. On any error or interrupt the old file stays as it was.

    Raises
    ------
    InputError
        If the place cannot be written to.
    """
    try:
        _write_beside(path, write)
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error
    return path


def _write_beside(path: Path, write: Callable[[Path], object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    os.close(handle)
    temporary = Path(name)
    umask = os.umask(0)
    os.umask(umask)
    try:
        write(temporary)
        temporary.chmod(0o666 & ~umask)  # mkstemp makes private files; results are ordinary ones
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8 text through :func:`write_atomically`."""
    return write_atomically(path, lambda p: p.write_text(text, encoding="utf-8"))


def sha256(path: Path) -> str:
    """Return the SHA-256 checksum of a file as hexadecimal text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
