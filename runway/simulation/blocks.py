"""Runs the blocks of a simulation on several workers; on an interruption the blocks added up stay.

Workers are this process and others made by forking, which share the machine: a block is some thousand short calls of
numpy, between which threads would wait for one another.  Each other process leaves the cash of a block in an array
that it shares with this one, which copies it into the matrix of all: shared memory costs a page fault for each 512
numbers when it is first written to.  Where forking is not safe, because the program has other threads, or not to be
had, workers are threads; so they are where most of a block is compiled.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from runway.language.named_tuple import NamedTuple
from runway.simulation.draws import BLOCK, SAMPLED_BLOCKS, Streams
from runway.simulation.processes import AHEAD, can_fork, in_order, on_processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from runway.simulation.block_engine import Block, Simulator
    from runway.simulation.draws import Scores
    from runway.simulation.totals import Totals

    Computed = tuple[Block, Any]  # and its counts on the grid
    Progress = Callable[[int], None]  # told of the paths of each block

FEW = 4  # blocks that are not worth another process


class Task(NamedTuple):
    """One block: its number, its first path among all, its paths; of Sobol points its replicate and place in it."""

    number: int
    start: int
    paths: int
    replicate: int = -1
    inside: int = 0

    def scores(self, simulator: Simulator, seed: int) -> Scores:
        """The normal scores of the block."""
        if self.replicate < 0:
            return Streams(seed, self.number)
        from runway.simulation.sobol import Points

        return Points(simulator.draws, seed, self.replicate, self.inside, self.paths)


def tasks_of(first: int, paths: int) -> list[Task]:
    """The blocks from path `first` (a multiple of the block) to `paths`."""
    return [Task(start // BLOCK, start, min(BLOCK, paths - start)) for start in range(first, paths, BLOCK)]


def replicated(replicates: int, size: int) -> list[Task]:
    """The blocks of so many replicates of `size` paths."""
    tasks: list[Task] = []
    for replicate in range(replicates):
        for inside in range(0, size, BLOCK):
            paths = min(BLOCK, size - inside)
            tasks.append(Task(len(tasks), replicate * size + inside, paths, replicate, inside))
    return tasks


def run_here(
    simulator: Simulator, tasks: Sequence[Task], totals: Totals, seed: int, workers: int, progress: Progress
) -> None:
    """Runs the tasks on this computer and adds their blocks up, in order.

    On an interruption the blocks added so far stay, and `KeyboardInterrupt` goes on.
    """
    count = 0
    waits = simulator.compiled is None or not simulator.compiled.threads  # for a lock that threads have in common
    if waits and workers > 1 and len(tasks) >= FEW and can_fork():
        count = _run_on_processes(simulator, tasks, totals, seed, min(workers, len(tasks)), progress)
    run_on_threads(simulator, tasks[count:], totals, seed, workers, progress)


def _worker(simulator: Simulator, totals: Totals, seed: int, cash: Any = None) -> Callable[[Task], Computed]:
    """The function that computes blocks in one thread or process, in buffers of its own.

    It leaves their cash in `cash`, an array [months, BLOCK], or where there is none in the matrix of the totals.
    """
    import numpy

    space = simulator.workspace()
    numpy.empty(64 * BLOCK)  # glibc gives back to the system, page by page, only arrays larger than any freed before

    def compute(task: Task) -> Computed:
        place = totals.place(task.start, task.paths) if cash is None else cash[:, : task.paths]
        block = simulator.run(task.number, task.scores(simulator, seed), task.paths, space, place)
        return block, totals.counted(block)

    return compute


def add_all(tasks: Sequence[Task], computed: Iterable[Computed], totals: Totals, progress: Progress) -> int:
    """Adds up the blocks of tasks, in order; their number."""
    count = 0
    for task, (block, counts) in zip(tasks, computed, strict=False):
        totals.add(block, task.start, counts, task.replicate)
        count += 1
        progress(task.paths)
    return count


def _run_on_processes(
    simulator: Simulator, tasks: Sequence[Task], totals: Totals, seed: int, workers: int, progress: Progress
) -> int:
    """Runs tasks here and on forked processes; the number added up, fewer than all where a process died."""
    from contextlib import closing
    from mmap import mmap

    import numpy.random  # once, not in each process

    simulator.ready()
    months = simulator.program.months
    shared = [numpy.frombuffer(mmap(-1, months * BLOCK * 8)).reshape(months, BLOCK) for _ in range(workers - 1)]
    local_results: dict[Task, Computed] = {}

    def maker(cash: Any) -> Callable[[Task], Computed]:
        worker = _worker(simulator, totals, seed, cash)

        def compute(task: Task) -> Computed:
            block, counts = worker(task)
            kept = totals.keep or task.number < SAMPLED_BLOCKS
            return block._replace(cash=None, figures=block.figures if kept else {}), counts

        return compute

    def local_maker() -> Callable[[Task], None]:
        worker = _worker(simulator, totals, seed)
        return lambda task: local_results.update({task: worker(task)})

    def copy(process: int, task: Task, result: Computed) -> Computed:
        if process == len(shared):
            return local_results.pop(task)
        if (place := totals.place(task.start, task.paths)) is not None:
            place[:] = shared[process][:, : task.paths]
        return result

    makers = [partial(maker, cash) for cash in shared]
    with closing(on_processes(makers, tasks, "fork", copy, local_maker)) as computed:
        return add_all(tasks, computed, totals, progress)


def run_on_threads(
    simulator: Simulator, tasks: Sequence[Task], totals: Totals, seed: int, workers: int, progress: Progress
) -> None:
    """Runs the tasks on threads and adds them up, in order."""
    if not tasks:
        return
    from concurrent.futures import ThreadPoolExecutor
    from contextlib import closing
    from queue import SimpleQueue

    workers = max(1, min(workers, len(tasks)))
    free: SimpleQueue[Callable[[Task], Computed]] = SimpleQueue()
    for _ in range(workers):
        free.put(_worker(simulator, totals, seed))

    def compute(task: Task) -> Computed:
        worker = free.get()
        try:
            return worker(task)
        finally:
            free.put(worker)

    if workers == 1:
        add_all(tasks, map(compute, tasks), totals, progress)
        return
    with (
        ThreadPoolExecutor(workers) as pool,
        closing(in_order(lambda task: pool.submit(compute, task), tasks, AHEAD * workers)) as computed,
    ):
        add_all(tasks, computed, totals, progress)
