"""The examples of the documentation: run them, compare what they show, write it anew.

    python scripts/docs_examples.py             write what the commands print now
    python scripts/docs_examples.py --full      the excerpt and the picture of the whole run too

Three kinds of fenced block count. ``python`` blocks of a page run one after another.
``console`` blocks hold commands after ``$`` and, below each, what it prints: whole, or in
pieces with ``...`` on a line of its own where something is left out. ``$ echo $?`` shows the
exit code of the command before it; without it the code must be 0. Blocks with a path as
title are files of the package (or text added to one, where the title ends in ``(add)``).
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from PIL import Image

from conjuncture.cli import main as conjuncture
from conjuncture.cli import output

ROOT = Path(__file__).parents[1]
FIRST = (
    "README.md",
    "docs/index.md",
    "docs/first-plan.md",
    "docs/first-run.md",
    "docs/data-flow.md",
)
HOW_TO = tuple(f"docs/how-to/{name}.md" for name in ("mechanism", "claim", "scenario", "country"))
FENCE = re.compile(r'^```(\w+)(?: title="([^"]*)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
GAP = "..."
WIDTH = 110
"""Columns of what the commands print in the documentation."""

FULL, FULL_WIDTH = "conjuncture run 1945", 150
"""The whole run of which the front page shows an excerpt, and its columns."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: language, title, body, and where the body lies."""

    language: str
    title: str
    body: str
    span: tuple[int, int]


@dataclass(frozen=True)
class Command:
    """A command of a console block and the lines shown below it."""

    line: str
    shown: tuple[str, ...]


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page of Markdown."""
    return [Block(m[1], m[2] or "", m[3], m.span(3)) for m in FENCE.finditer(page)]


def commands(body: str) -> list[Command]:
    """Split the body of a console block at its prompts."""
    found: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line.rstrip())
        else:
            raise ValueError(f"a console block begins without a prompt: {line}")
    return [Command(line, tuple(shown)) for line, shown in found]


# Running ----------------------------------------------------------------------------


class Shell:
    """Runs commands in a folder of its own and remembers the last exit code.

    Parameters
    ----------
    package : Path, optional
        Folder that holds a copy of the package, run as a process of its own;
        without it commands run in this process.
    width : int
        Columns of what they print.
    """

    def __init__(self, package: Path | None = None, width: int = WIDTH) -> None:
        self.package = package
        self.width = width
        self.code = 0

    def run(self, line: str) -> list[str]:
        """Run a command and return what it prints, errors included."""
        if line == "echo $?":
            printed, self.code = str(self.code), 0
            return [printed]
        name, *arguments = shlex.split(line)
        if name != "conjuncture":
            raise ValueError(f"console blocks run conjuncture only, not: {line}")
        if self.code:
            raise AssertionError(f"exit code {self.code} is not shown before: {line}")
        run = self._here if self.package is None else self._apart
        return [text.rstrip() for text in run(arguments).strip("\n").splitlines()]

    def _here(self, arguments: Sequence[str]) -> str:
        printed, before = io.StringIO(), (sys.argv, output.WIDTH)
        sys.argv, output.WIDTH = ["conjuncture", *arguments], self.width
        try:
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                conjuncture()
        except SystemExit as leaving:
            self.code = leaving.code if isinstance(leaving.code, int) else int(bool(leaving.code))
        finally:
            sys.argv, output.WIDTH = before
        return printed.getvalue()

    def _apart(self, arguments: Sequence[str]) -> str:
        start = f"from conjuncture.cli import main, output; output.WIDTH = {self.width}; main()"
        done = subprocess.run(
            [sys.executable, "-c", start, *arguments],
            env={**os.environ, "PYTHONPATH": str(self.package)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        self.code = done.returncode
        return done.stdout


def extended(pages: Sequence[str], folder: Path) -> Path:
    """Copy the package into a folder and add the files that pages show.

    Returns
    -------
    Path
        The folder to put on the path of a new process.
    """
    source = folder / "src"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src" / "conjuncture", source / "conjuncture", ignore=ignored)
    for block in (b for page in pages for b in blocks(page) if b.title.startswith("src/")):
        path, added = block.title.removesuffix(" (add)"), block.title.endswith(" (add)")
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        before = target.read_text(encoding="utf-8") if added else ""
        target.write_text(before + block.body, encoding="utf-8")
    return source


# Comparing ----------------------------------------------------------------------------


def segments(shown: Sequence[str]) -> list[list[str]]:
    """Split shown lines at the lines that leave something out."""
    found: list[list[str]] = [[]]
    for line in shown:
        if line.strip() == GAP:
            found.append([])
        else:
            found[-1].append(line)
    return found


def same(shown: str, printed: str) -> bool:
    """Compare two lines, whatever their blanks; ``...`` within a line stands for anything."""
    pattern = ".*".join(re.escape(part) for part in _plain(shown).split(GAP))
    return re.fullmatch(pattern, _plain(printed)) is not None


def _plain(line: str) -> str:
    return " ".join(re.sub(r"[━─═]+", "-", line).split())


def agrees(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Return whether the shown pieces stand in the printed lines, in order.

    Nothing shown agrees with anything.
    """
    if not shown:
        return True
    pieces, position = segments(shown), 0
    for k, piece in enumerate(pieces):
        starts = range(position, len(printed) - len(piece) + 1)
        fits = [s for s in starts if all(map(same, piece, printed[s : s + len(piece)]))]
        if k == 0:
            fits = [s for s in fits if s == 0]
        if k == len(pieces) - 1 and piece:
            fits = [s for s in fits if s + len(piece) == len(printed)]
        if not fits:
            return False
        position = fits[0] + len(piece)
    return bool(not pieces[-1]) or position == len(printed)


def renewed(shown: Sequence[str], printed: Sequence[str]) -> list[str]:
    """Return the shown pieces as they are printed now, found by their likeness."""
    if agrees(shown, printed):
        return list(shown)
    found: list[str] = []
    pieces, position = segments(shown), 0
    for k, piece in enumerate(pieces):
        starts = [0] if k == 0 else range(position, max(len(printed) - len(piece), position) + 1)
        likeness = {s: _likeness(piece, printed[s : s + len(piece)]) for s in starts}
        best = max(likeness, key=likeness.__getitem__)
        found += ([GAP] if k else []) + list(printed[best : best + len(piece)])
        position = best + len(piece)
    return found


def _likeness(piece: Sequence[str], printed: Sequence[str]) -> float:
    pairs = zip(map(_blurred, piece), map(_blurred, printed), strict=False)
    return sum(SequenceMatcher(None, a, b).ratio() for a, b in pairs)


def _blurred(line: str) -> str:
    return re.sub(r"\d+", "0", _plain(line))


# Writing anew -----------------------------------------------------------------------------


def rewrite(page: str, shell: Shell) -> str:
    """Run the commands of a page and return it with what they print now."""
    new = {}
    for block in (b for b in blocks(page) if b.language == "console"):
        lines: list[str] = []
        for command in commands(block.body):
            lines += [f"$ {command.line}", *renewed(command.shown, shell.run(command.line))]
        new[block.span] = lines
    return replaced(page, new)


def replaced(page: str, new: Mapping[tuple[int, int], Sequence[str]]) -> str:
    """Put lines in place of the bodies of blocks, by where these lie."""
    pieces, end = [], 0
    for (start, stop), lines in new.items():
        pieces += [page[end:start], "\n".join(lines) + "\n"]
        end = stop
    return "".join([*pieces, page[end:]])


def excerpt(page: str) -> Block:
    """Return the block that shows an excerpt of the whole run."""
    return next(block for block in blocks(page) if block.title == FULL)


def write_full(page: Path, picture: Path) -> None:
    """Run the whole scenario; write the excerpt of what it prints and its picture."""
    text = page.read_text(encoding="utf-8")
    block = excerpt(text)
    shown = renewed(block.body.splitlines(), Shell(width=FULL_WIDTH).run(FULL))
    page.write_text(replaced(text, {block.span: shown}), encoding="utf-8")
    with Image.open("runs/1945-world.png") as image:
        colours = image.convert("RGB").quantize(128, dither=Image.Dither.NONE)
        colours.save(picture, optimize=True)


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """Work in a folder that is thrown away."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        try:
            yield Path(name)
        finally:
            os.chdir(before)


def main() -> None:
    """Write the output shown on pages anew."""
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in (*FIRST, *HOW_TO)}
    with workplace() as folder:
        package = extended([texts[name] for name in HOW_TO], folder)
        for name, text in texts.items():
            new = rewrite(text, Shell(package if name in HOW_TO else None))
            if new != text:
                (ROOT / name).write_text(new, encoding="utf-8")
                print(f"{name}: written anew")
        if "--full" in sys.argv:
            write_full(ROOT / "README.md", ROOT / "docs" / "images" / "run-1945-world.png")


if __name__ == "__main__":
    main()
