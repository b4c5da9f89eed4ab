"""Work on several workers, its results in order; the work that a process leaves undone when it dies is the caller's.

Each process has a line of its own.  A pool has one lock and one pipe for all: a process that dies while it writes a
result leaves the others, and the pool, waiting for ever.  Only the number of a piece of work is sent to a process, so
that neither end ever waits for the other to read while it writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence
    from multiprocessing.connection import Connection

W = TypeVar("W")
R = TypeVar("R")

AHEAD = 2  # pieces of work for each worker that are under way, or done before their turn


def can_fork() -> bool:
    """Whether processes can be made by forking without harm: on Linux, where there is one thread and it is this one."""
    import sys
    import threading

    return sys.platform == "linux" and threading.active_count() == 1


def in_order(submit: Callable[[W], Any], work: Iterable[W], ahead: int) -> Generator[Any, None, None]:
    """The results of futures, in the order of the work that they are submitted for, so many under way at once.

    Those that are not waited for are cancelled when the generator is closed.
    """
    from collections import deque

    running: deque[Any] = deque()
    try:
        for piece in work:
            running.append(submit(piece))
            if len(running) == ahead:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
    finally:
        for future in running:
            future.cancel()


def on_processes(
    makers: Sequence[Callable[[], Callable[[W], R]]],
    work: Sequence[W],
    start: str = "fork",
    on_result: Callable[[int, W, R], R] = lambda _process, _piece, result: result,
    local_maker: Callable[[], Callable[[W], Any]] | None = None,
) -> Generator[R, None, None]:
    """The results of a function over many pieces of work, in their order; fewer than all where a process died.

    There is a process for each of `makers`, which makes its function there.  An error of that is raised here in its
    turn, an interruption is for this process alone, and nothing is left running when the generator is closed.
    `on_result` is called with the number of the process, its piece of work and the result as soon as there is one,
    before that process goes on, and returns the result to be yielded.  `local_maker` is the maker of a thread of this
    process, which is numbered after the processes.
    """
    from collections import deque
    from multiprocessing import get_context
    from multiprocessing.connection import wait
    from threading import Thread

    context: Any = get_context(start)
    lines: list[Connection] = []
    processes = []
    thread = None
    ready: dict[int, tuple[R | None, Exception | None]] = {}
    yielded = sent = 0
    try:
        for maker in makers:
            line, far_end = context.Pipe()
            lines.append(line)
            inherited = lines if start == "fork" else []
            processes.append(context.Process(target=_serve, args=(maker, work, far_end, inherited), daemon=True))
            processes[-1].start()
            far_end.close()  # held by that process alone, so that its end is seen
        if local_maker is not None:
            line, far_end = context.Pipe()
            lines.append(line)
            thread = Thread(target=_answer, args=(local_maker, work, far_end), daemon=True)
            thread.start()
        free = deque(lines)
        while yielded < len(work):
            try:
                while free and sent < min(len(work), yielded + AHEAD * len(lines)):
                    free.popleft().send(sent)
                    sent += 1
                heard = wait(lines)
                for number, line in enumerate(lines):
                    if line in heard:
                        turn, (result, error) = line.recv()
                        ready[turn] = on_result(number, work[turn], result) if error is None else result, error
                        free.append(line)
            except (EOFError, OSError):  # a process died
                return
            while yielded in ready:
                result, error = ready.pop(yielded)
                if error is not None:
                    raise error
                yielded += 1
                yield result  # type: ignore[misc]  # there is a result where there is no error
    finally:
        for line in lines:
            line.close()
        for process in processes:
            process.terminate()
            process.join()
        if thread is not None:
            thread.join()


def _serve(
    maker: Callable[[], Callable[[Any], Any]], work: Sequence[Any], line: Connection, inherited: Sequence[Connection]
) -> None:
    """The work of one process: it answers until its line is closed."""
    import gc
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # inherited objects are not gone through, which would copy their pages
    for inherited_line in inherited:  # which would hold the lines open after the process that they come from has gone
        inherited_line.close()
    _answer(maker, work, line)


def _answer(maker: Callable[[], Callable[[Any], Any]], work: Sequence[Any], line: Connection) -> None:
    """Answers the number of each piece of work with its result, or with the error, until the line is closed."""
    function = maker()
    with line:
        while True:
            try:
                turn = line.recv()
            except (EOFError, OSError):
                return
            answer: tuple[Any, Exception | None]
            try:
                answer = function(work[turn]), None
            except Exception as error:  # raised again where it can be told
                answer = None, error
            try:
                line.send((turn, answer))
            except OSError:
                return
