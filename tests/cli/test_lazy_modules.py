"""Modules that one command does not use are executed at their first use, and are what they are everywhere else then."""

from __future__ import annotations

import subprocess
import sys

import pytest


def answers(code: str) -> list[str]:
    """What a process of its own prints to standard error."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    return done.stderr.split()


def test_a_command_executes_none_of_them():
    code = (
        "import sys; from runway.cli import main; sys.argv[1:] = ['project', 'lemonade']; main();"
        "from runway.cli.lazy_modules import NAMES;"
        "print(*[n for n in sorted(NAMES) if type(sys.modules.get(n)).__name__ != 'LazyModule'], file=sys.stderr);"
        "print(*[n for n in ('_hashlib', 'selectors', '_bz2', 'random') if n in sys.modules], file=sys.stderr)"
    )
    assert answers(code) == []


@pytest.mark.parametrize(
    ("used", "value"),
    [
        ("import secrets; import secrets as again; x = again.token_hex(4)", "8"),
        ("from base64 import b64encode; x = b64encode(b'abc')", "4"),
        ("import subprocess; x = subprocess.run(['echo', 'ab'], capture_output=True).stdout", "3"),
        ("import bz2; x = bz2.decompress(bz2.compress(b'abcd'))", "4"),
        ("from tokenize import *; import io; x = [*generate_tokens(io.StringIO('a b').readline)]", "4"),
    ],
)
def test_each_is_itself_at_its_first_use(used, value):
    code = f"import sys; from runway.cli.lazy_modules import execute_later; execute_later(); {used};"
    name = used.split()[1].rstrip(";")
    code += f"m = sys.modules[{name!r}]; print(len(x), type(m) is type(sys), m.__loader__ is m.__spec__.loader,"
    code += "type(m.__loader__).__name__, file=sys.stderr)"
    assert answers(code) == [value, "True", "True", "SourceFileLoader"]


def test_what_a_module_lacks_is_told_as_ever():
    code = (
        "import sys; from runway.cli.lazy_modules import execute_later; execute_later(); execute_later();"
        "import secrets\ntry: secrets.nothing\nexcept AttributeError as error: print(error, file=sys.stderr)"
    )
    assert " ".join(answers(code)) == "module 'secrets' has no attribute 'nothing'"


def test_several_threads_that_use_one_first():
    code = (
        "import sys, threading; from runway.cli.lazy_modules import execute_later; execute_later(); import secrets\n"
        "sys.setswitchinterval(1e-6); begin, seen = threading.Barrier(8), []\n"
        "def use(): begin.wait(); seen.append(secrets.token_hex)\n"
        "threads = [threading.Thread(target=use) for _ in range(8)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]; print(len(seen), file=sys.stderr)"
    )
    assert answers(code) == ["8"]


def lazily(tmp_path, module: str, code: str) -> list[str]:
    """What code prints that uses a lazy module of this text."""
    (tmp_path / "late.py").write_text(module, encoding="utf-8")
    start = "import sys, threading, time; from runway.cli import lazy_modules\n"
    start += f"sys.path.insert(0, {str(tmp_path)!r}); lazy_modules.NAMES |= {{'late'}}; lazy_modules.execute_later()\n"
    return answers(f"{start}import late\n{code}")


def test_a_thread_waits_until_another_has_executed_the_whole(tmp_path):
    module = (
        "import sys\ndef first(): return second()\nsys.begun.set(); sys.asked.wait(5)\ndef second(): return 'whole'"
    )
    code = (
        "sys.begun, sys.asked = threading.Event(), threading.Event()\n"
        "def use(): print(late.first(), file=sys.stderr)\n"
        "one = threading.Thread(target=lambda: late.second); one.start(); sys.begun.wait(5)\n"
        "two = threading.Thread(target=use); two.start(); two.join(0.05); sys.asked.set(); one.join(); two.join()"
    )
    assert lazily(tmp_path, module, code) == ["whole"]


def test_a_module_that_was_interrupted_is_executed_anew(tmp_path):
    module = "import sys\nhalf = len(sys.uses)\nsys.uses.append(1)\nif not half: raise KeyboardInterrupt\nwhole = 2"
    code = (
        "sys.uses = []\ntry: late.whole\nexcept KeyboardInterrupt: print('interrupted', file=sys.stderr)\n"
        "print(late.half, late.whole, type(late) is type(sys), file=sys.stderr)"
    )
    assert lazily(tmp_path, module, code) == ["interrupted", "1", "2", "True"]


def test_what_a_module_needs_and_lacks_is_told_at_each_use(tmp_path):
    code = "for _ in range(2):\n try: late.x\n except ImportError as error: print(error.name, file=sys.stderr)"
    assert lazily(tmp_path, "import _nowhere", code) == ["_nowhere", "_nowhere"]
