"""Blocks of paths, and companies of a portfolio, on a Dask cluster.

Results are taken in the order of the work, so they add up to the same digits as on one machine; the tasks of a
worker that dies, under way or done, are done again by another.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from runway.errors import InputError, Problem
from runway.language.named_tuple import NamedTuple
from runway.simulation.blocks import add_all
from runway.simulation.processes import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from runway.files.document import Document
    from runway.simulation.block_engine import Block, Simulator
    from runway.simulation.blocks import Task
    from runway.simulation.totals import Totals

WAIT = 3  # seconds for a scheduler to answer
SILENCE = 30  # seconds without a result after which the scheduler is asked whether it is there
AHEAD = 4  # tasks in hand for each worker
MOST_LOCAL = 256
MACHINES_KEPT = 4  # by one worker


class Recipe(NamedTuple):
    """The model file and options from which a worker makes its simulator."""

    document: Document
    scenario: str
    changes: dict[str, Any]
    rungs: tuple[int, ...]
    checks: bool


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """A client of the scheduler at an address, or of `local:N` workers on this machine.

    Raises `InputError`: extra-not-installed, cluster-malformed, cluster-not-there.
    """
    kind, _, rest = address.partition(":")
    local = kind == "local"
    if (local and not (rest.isascii() and rest.isdecimal() and 1 <= int(rest) <= MOST_LOCAL)) or not (
        local or "://" in address
    ):
        text = f"--cluster {address} is no cluster. Write tcp://HOST:PORT, or local:4 for four workers here."
        raise InputError(Problem("cluster-malformed", text))
    try:
        import distributed
    except ImportError:
        text = '--cluster needs Dask, which is not installed: pip install "runway-as-code[cluster]".'
        raise InputError(Problem("extra-not-installed", text)) from None
    import logging

    logger = logging.getLogger("distributed")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # a worker that dies is made up for
    try:
        if local:
            with (
                distributed.LocalCluster(
                    n_workers=int(rest), threads_per_worker=1, processes=True, dashboard_address=None
                ) as cluster,
                distributed.Client(cluster) as client,
            ):
                yield client
            return
        with _client(address) as client:
            try:
                client.wait_for_workers(1, timeout=WAIT)
            except TimeoutError:
                text = f"The Dask scheduler at {address} has no workers. Start some with dask worker {address}."
                raise InputError(Problem("cluster-not-there", text)) from None
            yield client
    finally:
        logger.setLevel(level)


def _client(address: str) -> Any:
    """A client of the scheduler; a server that accepts it and stays silent is left to itself after `WAIT` seconds.

    Raises `InputError` (cluster-not-there), whatever is wrong with the address or the server.
    """
    from queue import Empty, SimpleQueue
    from threading import Thread

    import distributed

    answers: SimpleQueue[Any] = SimpleQueue()

    def connect() -> None:
        try:
            answers.put(distributed.Client(address, timeout=WAIT))
        except Exception as error:
            answers.put(error)

    Thread(target=connect, daemon=True).start()
    with suppress(Empty):
        client = answers.get(timeout=2 * WAIT)
        if not isinstance(client, Exception):
            return client
    secure = " The certificates for tls:// stand in Dask's own configuration." if address.startswith("tls:") else ""
    text = f"No Dask scheduler answers at {address}. Start one with dask scheduler, or write local:4.{secure}"
    raise InputError(Problem("cluster-not-there", text))


class _AwaitedTask(NamedTuple):
    """A task in hand, which is waited for as long as its scheduler is there."""

    client: Any
    future: Any

    def result(self) -> Any:
        """Its result; raises `InputError` (cluster-not-there) where the scheduler is silent or has lost its workers."""
        while not self.future.done():
            try:
                return self.future.result(timeout=SILENCE)
            except TimeoutError:
                if not self.future.done():
                    self._require_workers()
        return self.future.result()

    def cancel(self) -> None:
        self.future.cancel()

    def _require_workers(self) -> None:
        try:
            workers = self.client.sync(self.client.scheduler.identity, callback_timeout=SILENCE)["workers"]
        except (TimeoutError, OSError):
            workers = None
        if not workers:
            says = "does not answer any more" if workers is None else "has no workers any more"
            raise InputError(Problem("cluster-not-there", f"The Dask scheduler {says}."))


def on_cluster(client: Any, function: Callable[..., Any], work: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    """The results of a function over many arguments, in their order, with a few tasks a worker under way at once.

    Raises `InputError`: those of the function, and cluster-not-there for any other error.
    """

    def submit(arguments: tuple[Any, ...]) -> Any:
        return _AwaitedTask(client, client.submit(function, *arguments, pure=False))

    workers = max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
    try:
        yield from in_order(submit, work, AHEAD * workers)
    except InputError:
        raise
    except Exception as error:
        text = f"The cluster could not do a part of the work: {type(error).__name__}. Do its workers have runway?"
        raise InputError(Problem("cluster-not-there", text)) from None


def run_on_cluster(
    client: Any,
    simulator: Simulator,
    tasks: Sequence[Task],
    totals: Totals,
    seed: int,
    progress: Callable[[int], None],
) -> None:
    """Runs the tasks on a cluster and adds them up."""
    model = simulator.model
    recipe = Recipe(
        model.original, model.scenario, dict(model.changes), simulator.rungs, simulator.model_checks is not None
    )
    edges = None if totals.exact else totals.edges
    work = ((recipe, task, seed, edges) for task in tasks)
    add_all(tasks, on_cluster(client, remote_block, work), totals, progress)


_machines: dict[bytes, tuple[Simulator, Any]] = {}


def _machine(recipe: Recipe) -> tuple[Simulator, Any]:
    """The simulator of a recipe and its buffers, kept by the worker."""
    import pickle
    from hashlib import sha256

    from runway.engine.load import load_document
    from runway.simulation.block_engine import Simulator

    key = sha256(pickle.dumps(recipe)).digest()
    if key not in _machines:
        while len(_machines) >= MACHINES_KEPT:
            del _machines[next(iter(_machines))]
        simulator = Simulator(
            load_document(recipe.document, recipe.scenario, recipe.changes), recipe.rungs, checks=recipe.checks
        )
        _machines[key] = (simulator, simulator.workspace())
    return _machines[key]


def remote_block(recipe: Recipe, task: Task, seed: int, edges: Any) -> tuple[Block, Any]:
    """One block on a worker; where counts are enough, no cash is sent back, and draws only of the sampled blocks."""
    import numpy

    from runway.simulation.draws import SAMPLED_BLOCKS
    from runway.simulation.totals import MOST_RANKED, Totals

    simulator, space = _machine(recipe)
    block = simulator.run(task.number, task.scores(simulator, seed), task.paths, space)
    counts = None
    if edges is not None:
        totals = Totals(simulator.program.months, 0, 0, MOST_RANKED + 1)
        totals.edges = edges
        counts = totals.counted(block)
        block = block._replace(cash=numpy.empty((0, 0)))
        if task.number >= SAMPLED_BLOCKS:
            block = block._replace(figures={})
    return block, counts
