"""A long report on a terminal, screen by screen: `$PAGER`, else less, which leaves a short one where it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from shlex import split

LESS = "FRX"  # ends where all fits on one screen, keeps colours, leaves the text behind


def paged(text: str) -> bool:
    """Shows a text through the pager; False, with nothing shown, in a pipe or where there is none."""
    words = pager()
    if not words or sys.stdout is None or not sys.stdout.isatty():
        return False
    sys.stdout.flush()
    try:
        process = subprocess.Popen(words, stdin=subprocess.PIPE, env={"LESS": LESS, **os.environ})
    except OSError:
        return False
    try:
        process.communicate(text.encode(sys.stdout.encoding or "utf-8", sys.stdout.errors or "replace"))
    except BrokenPipeError:  # it was left before its end
        process.wait()
    except KeyboardInterrupt:  # which is the pager's to hear
        process.wait()
    return True


def pager() -> list[str]:
    """The command of the pager; none where the environment says so: NO_PAGER, an empty PAGER, cat, a dumb terminal."""
    if os.environ.get("NO_PAGER") or os.environ.get("TERM") == "dumb":
        return []
    if "PAGER" in os.environ:
        try:
            words = split(os.environ["PAGER"])
        except ValueError:
            return []
        return [] if words[:1] in ([], ["cat"]) else words
    return ["less", f"-{LESS}"] if shutil.which("less") else []
