"""Runs the blocks of a simulation: which there are, on how many workers, and what is left when it is interrupted.

Workers are processes made by forking, which share the machine and the matrix that cash is written to: a block is some
thousand short calls of numpy, between which threads would wait for one another.  Where forking is not safe, because the
program has other threads, or not to be had, they are threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runway.simulation.draws import BLOCK, SAMPLED_BLOCKS, Streams
from runway.simulation.processes import can_fork, on_processes

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


def _run_on_processes(
    machine: Machine, tasks: Sequence[Task], tally: Tally, seed: int, workers: int, progress: Callable[[int], None]
) -> int:
    """Runs tasks on forked processes; how many were done, which is fewer than all where a process died.

    Cash is left in the matrix that they share, or counted.
    """
    from contextlib import closing

    import numpy.random  # noqa: F401  # once, not in each process

    def made() -> Callable[[Task], tuple[Block, Any]]:
        space = machine.workspace()

        def one(task: Task) -> tuple[Block, Any]:
            place = tally.place(task.start, task.paths)
            block = machine.run(task.number, task.scores(machine, seed), task.paths, space, place)
            kept = tally.keep or task.number < SAMPLED_BLOCKS
            return block._replace(cash=None, figures=block.figures if kept else {}), tally.counted(block)

        return one

    done = 0
    with closing(on_processes(made, tasks, workers)) as results:
        for task, (block, counts) in zip(tasks, results, strict=False):
            tally.add(block, task.start, counts, task.replicate)
            done += 1
            progress(task.paths)
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
