"""Work on processes: results in order, whatever their size, however the processes end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from runway.simulation.processes import on_processes
from runway.simulation.totals import undisturbed

LARGE = 3_000_000  # bytes, more than a line holds before it is read


def doubled():
    return lambda text: text + text


def failing():
    def function(number):
        if number == 5:
            raise ValueError("the fifth")
        return number

    return function


def dying():
    def function(number):
        if number == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    return function


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
class TestForked:
    def test_large_pieces_and_large_results(self):
        work = [chr(65 + n) * LARGE for n in range(8)]
        assert [len(found) for found in on_processes([doubled] * 2, work)] == [2 * LARGE] * 8

    def test_an_error_comes_in_its_turn(self):
        found = []
        with pytest.raises(ValueError, match="the fifth"):
            found += on_processes([failing] * 3, range(10))
        results = on_processes([failing] * 3, range(10))
        assert [next(results) for _ in range(5)] == [0, 1, 2, 3, 4]
        results.close()

    def test_what_a_dead_process_leaves_is_not_given(self):
        found = list(on_processes([dying] * 2, range(10)))
        assert found == list(range(len(found)))
        assert len(found) <= 5


def test_an_interruption_waits_until_a_block_is_added():
    steps, before = [], signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupted():
        with undisturbed():
            signal.raise_signal(signal.SIGINT)
            steps.append("whole")

    try:
        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert steps == ["whole"]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


INTERRUPTED = """
import os, signal, sys, threading
from runway.cli import main
from runway.simulation.totals import Totals

def added(*given):
    add(*given)
    begun.set()

add, Totals.add, begun = Totals.add, added, threading.Event()
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background processes ignore it
threading.Thread(target=lambda: begun.wait() and os.kill(os.getpid(), signal.SIGINT), daemon=True).start()
sys.exit(main(["simulate", sys.argv[1], "-n", "200000000", "--insist", "--workers", sys.argv[2], "--json"]))
"""
"""The signal comes once a block is added, at any moment of what follows."""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_simulation_prints_what_there_is(load, workers):
    model = load("""
        [costs.rent]
        kind = 'recurring'
        amount = '$10k to $20k/month'
        [[checks]]
        require = 'cash > 0'
        """)
    command = [sys.executable, "-c", INTERRUPTED, model.model.document.title, workers]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["partial"]
    assert {one["paths"] for one in found["checks"]} == {found["paths"]}
