"""The command line: parse, call, render, exit.  `script` is the console script; it imports nothing heavy before.

Exit codes: 0 fine, 1 a check or target failed, 2 the input cannot be used, 70 a defect of runway, 130 interrupted,
141 the reader of the output went away.
"""

from __future__ import annotations

import errno
import gc
import os
import sys

from runway.cli.lazy_modules import execute_later
from runway.cli.streams import give_up_output, mend, plain_errors, remark, tell

PLUGINS, NONE, READER = "PYDANTIC_DISABLE_PLUGINS", "__all__", "importlib.metadata"
ALGEBRA = "OPENBLAS_NUM_THREADS"

TYPE_CHECKING = False  # `typing` takes a while to import, in which an interruption could not be heard
if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.errors import InputError

OF_A_NAME = (errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ELOOP)
"""What is wrong with the name of a file that is only asked for, whether it is there or a folder."""
UNUSABLE, DEFECT, INTERRUPTED, READER_GONE = 2, 70, 130, 141
SHORT_HELP = """\
runway init                   write runway.toml, the file of a small company
runway                        how long its cash lasts, as runway project says
runway project saas-startup   the same of a bundled model, see runway models
runway project --set ADDRESS=VALUE
                              a what-if: team.opening=+2, rent.amount=5k/month
runway --help                 all commands; runway guide what to read
"""
"""What is printed where nothing is asked and no file lies there."""
INTERRUPTIONS: list[int] = []
"""The signals that were heard: an import that one comes into may fail with any error."""
ALLOCATIONS = 200_000  # between two collections of garbage: the objects of imports stay, so looking sooner finds none


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no traceback ever reaches the user."""
    if arguments is not None:
        return exit_code(list(arguments))
    try:
        sys.unraisablehook = heard
        listen()
        mend()
        gc.set_threshold(ALLOCATIONS)  # the process is ours
        execute_later()
        os.environ.setdefault(PLUGINS, NONE)  # looking for them reads what every package says of itself
        os.environ.setdefault(ALGEBRA, "1")  # numpy's threads for matrices keep a processor busy while they wait
        return exit_code(sys.argv[1:])
    except KeyboardInterrupt:
        return INTERRUPTED


def script() -> int:
    """The console script: one command, then the process ends at once, and nothing that is left is taken apart.

    Gives the exit code back where something goes on: another thread, a debugger, a profiler, Python's own prompt.
    """
    code = INTERRUPTED
    try:
        code = main()
        if goes_on():
            return code
        import atexit

        atexit._run_exitfuncs()  # what libraries asked to be told
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except (OSError, ValueError):  # of what was written before the command failed nobody reads the rest
        pass
    os._exit(code)


def goes_on() -> bool:
    """Whether this process is not for one command alone."""
    threads, tools = sys.modules.get("threading"), getattr(sys, "monitoring", None)  # tools: from Python 3.12 on
    watched = sys.gettrace() or sys.getprofile() or (tools and any(map(tools.get_tool, range(6))))
    return bool(watched or sys.flags.inspect or (threads and threads.active_count() > 1))


def listen() -> None:
    """Notes interruptions as they come, where they interrupt at all: a shell's background process ignores them."""
    import _signal  # type: ignore[import-not-found]  # `signal` takes a while, in which none could be heard

    def note(number: int, frame: object) -> None:
        INTERRUPTIONS.append(number)
        _signal.default_int_handler(number, frame)

    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, note)


def heard(ignored: sys.UnraisableHookArgs) -> None:
    """An interruption that came where Python can raise nothing comes once more; all else is shown as ever."""
    if ignored.exc_type is KeyboardInterrupt:
        from _thread import interrupt_main, start_new_thread

        start_new_thread(interrupt_main, ())  # in this one it would be lost: nothing can be raised here either
    else:
        sys.__unraisablehook__(ignored)


def exit_code(arguments: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=plain_errors(stream.encoding))
    try:
        code = run(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        give_up_output()
        return READER_GONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        if error.errno in OF_A_NAME and error.filename:
            return failed(unusable_file(error))
        if error.errno not in (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG, errno.EBADF):
            return failed(error)
        give_up_output()
        why = "standard output is closed" if error.errno == errno.EBADF else error.strerror
        sys.stderr.write(f"The output cannot be written: {why}.\n")
        return UNUSABLE
    except Exception as error:
        return failed(error)
    except BaseException:  # a library written in another language has one of its own for what it cannot go on from
        if not INTERRUPTIONS:
            raise
        return INTERRUPTED


def run(arguments: list[str]) -> int:
    if arguments in (["--version"], ["-V"]):
        from runway import __version__

        sys.stdout.write(f"runway {__version__}\n")
        return 0
    if not os.environ.get("COLUMNS", "0").strip("0"):
        os.environ.pop("COLUMNS", None)  # of a terminal that says no width; nothing fits into none
    completing = "_RUNWAY_COMPLETE" in os.environ  # by a shell, which gives no arguments
    if not arguments and not completing and not os.access("runway.toml", os.F_OK):
        sys.stdout.write(SHORT_HELP)
        return 0
    import datetime  # noqa: F401  # pydantic's core would import it, and panic where that is interrupted

    without_plugins()
    from runway.cli.app import run_app

    if arguments[:1] == ["help"]:
        arguments = [*arguments[1:2], "--help"]
    return run_app(arguments or ([] if completing else ["project"]))


def without_plugins() -> None:
    """Imports what looks for plugins of pydantic without what it looks with, which imports e-mail and archives."""
    if os.environ.get(PLUGINS) != NONE or READER in sys.modules:
        return
    sys.modules[READER] = stand_in = type(sys)(READER)
    stand_in.__dict__["entry_points"] = tuple
    try:
        import pydantic.plugin._loader  # noqa: F401  # keeps what it is given here
    except ImportError:
        pass  # another pydantic, which asks for more of it
    finally:
        del sys.modules[READER]


def unusable_file(error: OSError) -> InputError:
    from runway.errors import InputError, Problem

    reason = (error.strerror or str(error)).lower()
    return InputError(Problem("file-unreadable", f"{error.filename} cannot be opened: {reason}."))


def failed(error: Exception) -> int:
    """What the user did wrong, or that runway itself did."""
    cause: BaseException | None = error
    while cause is not None:  # an import may say in its own words that it was interrupted
        if isinstance(cause, KeyboardInterrupt):
            return INTERRUPTED
        cause = cause.__cause__ or cause.__context__
    from runway.errors import InputError

    if isinstance(error, InputError):
        tell(error.problems)
        return UNUSABLE
    if INTERRUPTIONS:
        return INTERRUPTED
    if os.environ.get("RUNWAY_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    else:
        text = " ".join(str(error).split())[:200]
        remark(
            f"This is a defect in runway, not in your file: {type(error).__name__}{': ' + text if text else ''}\n"
            "Please report it with the command you gave. RUNWAY_DEBUG=1 shows where it happened."
        )
    return DEFECT
