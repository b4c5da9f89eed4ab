"""Runs the blocks of a simulation: which there are, on how many workers, and what is left when it is interrupted.

Workers are processes made by forking, which share the machine and the matrix that cash is written to: a block is some
thousand short calls of numpy, between which threads would wait for one another.  Where forking is not safe, because the
program has other threads, or not to be had, they are threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runway.simulation.draws import BLOCK, SAMPLED_BLOCKS, Streams

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runway.simulation.draws import Scores
    from runway.simulation.machine import Block, Machine, Workspace
    from runway.simulation.tally import Tally


FEW = 4  # blocks that are not worth another process


class Task(NamedTuple):
    """One block: its number, its first path among all, its paths; of Sobol points its replicate and place in it."""

    number: int
    start: int
    paths: int
    replicate: int = -1
    inside: int = 0

    def scores(self, machine: Machine, seed: int) -> Scores:
        """What the block draws."""
        if self.replicate < 0:
            return Streams(seed, self.number)
        from runway.simulation.sobol import Points

        return Points(machine.draws, seed, self.replicate, self.inside, self.paths)


def tasks_of(first: int, paths: int) -> list[Task]:
    """The blocks from path `first` (a multiple of the block) to `paths`."""
    return [Task(start // BLOCK, start, min(BLOCK, paths - start)) for start in range(first, paths, BLOCK)]


def replicated(replicates: int, each: int) -> list[Task]:
    """The blocks of so many replicates of so many paths each."""
    tasks: list[Task] = []
    for replicate in range(replicates):
        for inside in range(0, each, BLOCK):
            paths = min(BLOCK, each - inside)
            tasks.append(Task(len(tasks), replicate * each + inside, paths, replicate, inside))
    return tasks


def can_fork() -> bool:
    """Whether processes can be made by forking without harm: on Linux, where there is one thread and it is this one."""
    import sys
    import threading

    return sys.platform == "linux" and threading.active_count() == 1


def run_here(
    machine: Machine,
    tasks: Sequence[Task],
    tally: Tally,
    seed: int,
    workers: int,
    progress: Callable[[int], None],
) -> None:
    """Runs the tasks on this computer and adds them up, in order.

    On an interruption what has been added stays, and `KeyboardInterrupt` goes on.
    """
    done = 0
    if workers > 1 and len(tasks) >= FEW and tally.shared and can_fork():
        done = _run_on_processes(machine, tasks, tally, seed, min(workers, len(tasks)), progress)
    run_on_threads(machine, tasks[done:], tally, seed, workers, progress)


_inherited: tuple[Machine, Tally, int] | None = None  # by the processes that are forked
_space: list[Workspace] = []


def _begin() -> None:
    """Makes a forked process ready: an interruption is for the process that it came from."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    assert _inherited is not None
    _space.append(_inherited[0].workspace())


def _forked(task: Task) -> tuple[Block, Any]:
    """One block in a forked process: cash is left in the shared matrix, or counted."""
    assert _inherited is not None
    machine, tally, seed = _inherited
    place = tally.place(task.start, task.paths)
    block = machine.run(task.number, task.scores(machine, seed), task.paths, _space[0], place)
    counts = tally.counted(block)
    kept = tally.keep or task.number < SAMPLED_BLOCKS
    return block._replace(cash=None, figures=block.figures if kept else {}), counts


def _run_on_processes(
    machine: Machine, tasks: Sequence[Task], tally: Tally, seed: int, workers: int, progress: Callable[[int], None]
) -> int:
    """Runs tasks on forked processes; how many were done, which is fewer than all where a process died."""
    global _inherited
    from collections import deque
    from concurrent.futures import Future, ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    _inherited, done = (machine, tally, seed), 0
    try:
        with ProcessPoolExecutor(workers, mp_context=get_context("fork"), initializer=_begin) as pool:
            running: deque[Future[tuple[Block, Any]]] = deque()
            waiting = iter(tasks)
            try:
                while done < len(tasks):
                    while len(running) < 2 * workers and (task := next(waiting, None)) is not None:
                        running.append(pool.submit(_forked, task))
                    block, counts = running.popleft().result()
                    task = tasks[done]
                    tally.add(block, task.start, counts, task.replicate)
                    done += 1
                    progress(task.paths)
            finally:
                for future in running:
                    future.cancel()
    except BrokenProcessPool:  # the rest is done by threads
        return done
    finally:
        _inherited = None
    return done


def run_on_threads(
    machine: Machine,
    tasks: Sequence[Task],
    tally: Tally,
    seed: int,
    workers: int,
    progress: Callable[[int], None],
) -> None:
    """Runs the tasks on threads and adds them up, in order."""
    if not tasks:
        return
    from collections import deque
    from concurrent.futures import Future, ThreadPoolExecutor
    from queue import SimpleQueue

    workers = max(1, min(workers, len(tasks)))
    spaces: SimpleQueue[Workspace] = SimpleQueue()
    for _ in range(workers):
        spaces.put(machine.workspace())

    def one(task: Task) -> tuple[Block, Any]:
        space = spaces.get()
        try:
            place = tally.place(task.start, task.paths)
            block = machine.run(task.number, task.scores(machine, seed), task.paths, space, place)
            return block, tally.counted(block)
        finally:
            spaces.put(space)

    if workers == 1:
        for task in tasks:
            block, counts = one(task)
            tally.add(block, task.start, counts, task.replicate)
            progress(task.paths)
        return
    with ThreadPoolExecutor(workers) as pool:
        running: deque[tuple[Task, Future[tuple[Block, Any]]]] = deque()
        waiting = iter(tasks)
        try:
            while True:
                while len(running) < 2 * workers and (next_task := next(waiting, None)) is not None:
                    running.append((next_task, pool.submit(one, next_task)))
                if not running:
                    return
                task, future = running.popleft()
                block, counts = future.result()
                tally.add(block, task.start, counts, task.replicate)
                progress(task.paths)
        finally:
            for _, future in running:
                future.cancel()
