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
    from multiprocessing.connection import Connection

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


def _serve(machine: Machine, tally: Tally, seed: int, line: Connection, others: Sequence[Connection]) -> None:
    """A forked process: answers each task on its line with its block, or with the error, until the line is closed.

    Cash is left in the shared matrix, or counted.
    """
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interruption is for the process that it came from
    for other in others:  # which would hold the lines open after that process has gone
        other.close()
    space = machine.workspace()
    while True:
        try:
            turn, task = line.recv()
        except (EOFError, OSError):
            return
        answer: tuple[Block, Any] | Exception
        try:
            place = tally.place(task.start, task.paths)
            block = machine.run(task.number, task.scores(machine, seed), task.paths, space, place)
            counts = tally.counted(block)
            kept = tally.keep or task.number < SAMPLED_BLOCKS
            answer = block._replace(cash=None, figures=block.figures if kept else {}), counts
        except Exception as error:  # raised again where it can be told, in its turn
            answer = error
        try:
            line.send((turn, answer))
        except OSError:
            return


def _run_on_processes(
    machine: Machine, tasks: Sequence[Task], tally: Tally, seed: int, workers: int, progress: Callable[[int], None]
) -> int:
    """Runs tasks on forked processes; how many were done, which is fewer than all where a process died.

    Each process has a line of its own.  A pool has one lock and one pipe for all: a process that dies while it
    writes a result leaves the others, and the pool, waiting for ever.
    """
    from collections import deque
    from multiprocessing import get_context
    from multiprocessing.connection import wait

    import numpy.random  # noqa: F401  # once, not in each process

    fork, done, given = get_context("fork"), 0, 0
    lines: list[Connection] = []
    processes = []
    ready: dict[int, tuple[Block, Any] | Exception] = {}
    try:
        for _ in range(workers):
            here, there = fork.Pipe()
            lines.append(here)
            processes.append(fork.Process(target=_serve, args=(machine, tally, seed, there, lines), daemon=True))
            processes[-1].start()
            there.close()  # held by that process alone, so that its end is seen
        free = deque(lines * 2)  # the next task waits where the last one is computed
        while done < len(tasks):
            try:
                while free and given < min(len(tasks), done + 2 * workers):
                    free.popleft().send((given, tasks[given]))
                    given += 1
                heard = wait(lines)
                for line in lines:
                    if line in heard:
                        turn, answer = line.recv()
                        ready[turn] = answer
                        free.append(line)
            except (EOFError, OSError):  # a process died; the rest is done by threads
                return done
            while done in ready:
                answer = ready.pop(done)
                if isinstance(answer, Exception):
                    raise answer
                block, counts = answer
                task = tasks[done]
                tally.add(block, task.start, counts, task.replicate)
                done += 1
                progress(task.paths)
    finally:
        for line in lines:
            line.close()
        for process in processes:
            process.terminate()
            process.join()
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
