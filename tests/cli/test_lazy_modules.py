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
