"""Long solves from the command line: method, checkpoint, and Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

from typer.testing import CliRunner

from conjuncture.cli.app import app
from conjuncture.cli.interrupt import asked_to_stop


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
    assert "note:" in CliRunner().invoke(app, rough).output


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
