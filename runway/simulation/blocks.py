"""Runs the blocks of a simulation: which there are, on how many threads, and what is left when it is interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runway.simulation.draws import BLOCK, Streams

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runway.simulation.draws import Scores
    from runway.simulation.machine import Block, Machine, Workspace
    from runway.simulation.tally import Tally


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


def run_on_threads(
    machine: Machine,
    tasks: Sequence[Task],
    tally: Tally,
    seed: int,
    workers: int,
    progress: Callable[[int], None],
) -> None:
    """Runs the tasks and adds them up; on an interruption what is complete stays and `KeyboardInterrupt` goes on."""
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
