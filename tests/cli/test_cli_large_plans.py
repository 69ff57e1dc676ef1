"""Long solves from the command line: method, checkpoint, and Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from conjuncture.cli.app import app
from conjuncture.cli.interrupt import asked_to_stop
from conjuncture.plan.many.sweep import _Task
from conjuncture.plan.many.variants import Variant


def test_a_plan_is_solved_as_asked_and_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    state = tmp_path / "state.npz"
    words = ["plan", "solve", "usa_1947", "--years", "2", "--method", "matrix_free", "--json"]
    first = json.loads(CliRunner().invoke(app, [*words, "--checkpoint", str(state)]).stdout)
    assert "matrix-free" in first["method"]
    assert state.exists()
    again = json.loads(CliRunner().invoke(app, [*words, "--checkpoint", str(state)]).stdout)
    assert again["aim"] == first["aim"]
    other = [*words, "--set", "discount=0.9", "--checkpoint", str(state)]
    refused = CliRunner().invoke(app, other)
    assert refused.exit_code != 0
    assert "another problem" in str(refused.exception)  # printed by the program itself
    rough = [*words[:-2], "first_order", "--tolerance", "1e-3"]
    assert CliRunner().invoke(app, rough).output.count("solve to 1e-06") == 1


def test_ctrl_c_asks_once_and_then_breaks_off() -> None:
    before = signal.getsignal(signal.SIGINT)
    with asked_to_stop() as should_stop:
        assert not should_stop()
        os.kill(os.getpid(), signal.SIGINT)
        assert should_stop()
        assert signal.getsignal(signal.SIGINT) is before
    assert signal.getsignal(signal.SIGINT) is before


def test_elsewhere_than_in_the_main_thread_signals_are_left_alone() -> None:
    seen = []

    def other() -> None:
        with asked_to_stop() as should_stop:
            seen.append(should_stop())

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert seen == [False]


def test_an_interrupted_sweep_says_what_is_kept_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variants, out = tmp_path / "variants.csv", tmp_path / "sweep.nc"
    lines = [f"v{k},labour_available,{1 - k / 100}" for k in range(3)]
    variants.write_text("\n".join(["name,what,times", *lines]))
    words = ["plan", "sweep", "usa_1947", str(variants), "--years", "2", "--out", str(out)]
    solved: list[str] = []
    whole = _Task.solve

    def solve(task: _Task, variant: Variant) -> dict[str, Any]:
        if len(solved) == 2:
            raise KeyboardInterrupt
        solved.append(variant.name)
        return whole(task, variant)

    monkeypatch.setattr(_Task, "solve", solve)
    found = CliRunner().invoke(app, words)
    assert found.exit_code == 130
    assert "sweep.nc.parts" in found.output.replace("\n", "")
    assert len(list(out.with_name("sweep.nc.parts").glob("*.npz"))) == 2
    monkeypatch.setattr(_Task, "solve", lambda *a: (solved.append(a[1].name), whole(*a))[1])
    assert CliRunner().invoke(app, words).exit_code == 0
    assert solved == ["v0", "v1", "v2"]  # nothing is done twice
    assert not out.with_name("sweep.nc.parts").exists()


@pytest.mark.parametrize("method", ["structured", "simplex", "ipm"])
def test_a_solve_stopped_by_ctrl_c_leaves_with_the_code_of_an_interruption(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def pressed() -> Iterator[Callable[[], bool]]:
        yield lambda: True

    monkeypatch.setattr("conjuncture.cli.interrupt.asked_to_stop", pressed)
    words = ["plan", "solve", "usa_1947", "--years", "2", "--method", method, "--json"]
    found = CliRunner().invoke(app, words)
    assert found.exit_code == 130
    assert json.loads(found.stdout)["status"] == "stopped"
