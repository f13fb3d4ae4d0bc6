"""The way of the points: blocks of a file are read, computed and written on several threads, in order, a few at a time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from adcli import findings
from adcli.batch.engine import KINKS, Engine, Outcome
from adcli.errors import LONGEST, Fault, plural, printable

Tell = Callable[[int], None]


class Found(NamedTuple):
    """A block that has been computed: what to write, how many rows there are, the first of each kind of finding with its line
    and point and how many there are, and the fault at which to stop."""

    text: Any
    rows: int
    findings: dict[str, tuple[int, int, Mapping[str, float]]]
    fault: Fault | None


class Report:
    """What there is to say of all points: for each kind of finding how many rows have it, and the line and the point of the
    first."""

    def __init__(self) -> None:
        self.rows = 0
        self.findings: dict[str, tuple[int, int, Mapping[str, float]]] = {}

    def add(self, found: Found) -> None:
        """Add what was found in the next block."""
        self.rows += found.rows
        for kind, (count, line, point) in found.findings.items():
            before, first, at = self.findings.get(kind, (0, line, point))
            self.findings[kind] = before + count, first, at

    def idle(self, engine: Engine) -> Iterator[str]:
        """Yield what there is to say of the program and of what is the same at every point."""
        if engine.program is not None:
            at, inputs = engine.request.at, engine.program.inputs
            given = [name for name, value in at.items() if name not in inputs and isinstance(value, float)]
            yield from (f"the program does not use {printable(name, LONGEST)}" for name in given)
            yield from (finding.message for finding in findings.idle(engine.program))

    def sentences(self, engine: Engine, place: str) -> Iterator[tuple[str, str]]:
        """Yield the kind of each finding and what there is to say of it: how many rows, and the first with the reason that
        the program gives at its point alone."""
        for kind, (count, number, at) in self.findings.items():
            have, are = ("has", "is") if count == 1 else ("have", "are")
            what = {
                "undefined": f"{have} no finite value",
                "infinite": f"{have} a derivative that is infinite or undefined",
                "bent": f"{are} at a kink or a boundary",
            }[kind]
            yield kind, f"{count:,} of {plural(self.rows, 'row')} {what}; {place} {number}: {reason(engine, kind, at)}"


def reason(engine: Engine, kind: str, at: Mapping[str, float]) -> str:
    """Return what is said of one point alone."""
    try:
        answer = engine.alone(at)
    except Fault as fault:
        return fault.message
    about = [finding for finding in answer.findings if (finding.kind in KINKS) == (kind == "bent")]
    return about[0].message if about else "the last digits decide"


def threads() -> int:
    """Return how many processors there are for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def stream(engine: Engine, format: Any, report: Report, tell: Tell = lambda rows: None) -> None:
    """Read, compute and write all there is; ``tell`` is called with the number of rows that have been written.

    Raises the Fault of a row that cannot be read or at which to stop, when all rows before it have been written.
    """
    pending: deque[Future[Found]] = deque()
    workers = threads() if engine.parallel else 1
    pool = ThreadPoolExecutor(workers)
    begun = False
    if not engine.parallel:
        format.slowly()

    def finish(most: int) -> None:
        while len(pending) > most:
            found = pending.popleft().result()
            format.write(found.text)
            report.add(found)
            tell(report.rows)
            if found.fault is not None:
                raise found.fault

    try:
        for block in format.blocks():
            if block is None:
                finish(0)
                continue
            if not begun:
                begun = True
                begin(engine, format, None if engine.parallel else format.read(block, engine.used))
            pending.append(pool.submit(work, engine, format, block))
            finish(workers)
        if not begun:
            begin(engine, format, None)
        finish(0)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        format.end()


def begin(engine: Engine, format: Any, rows: Any) -> None:
    """Get ready with the first rows, if there are any."""
    columns, size, first = (rows.columns, rows.size, rows.number) if rows is not None else ([], 0, 0)
    try:
        engine.begin(point(engine, columns, row) for row in range(size))
    except Fault as fault:  # of the first point, unless the program is the same at all
        raise located(fault, format, first) if engine.program is None else fault from None
    format.begin(engine)


def point(engine: Engine, columns: Any, row: int) -> dict[str, float]:
    """Return one of the points."""
    return {name: float(column[row]) for name, column in zip(engine.used, columns)}


def work(engine: Engine, format: Any, block: Any) -> Found:
    """Read and compute a block."""
    rows = format.read(block, engine.used)
    with np.errstate(all="ignore"):  # which numpy keeps for each thread
        outcome: Outcome = engine.rows(rows.columns, [np.empty(rows.size) for _ in engine.titles])
    count = len(outcome.results[0])
    fault = rows.fault
    if outcome.fault is not None:
        fault = located(outcome.fault, format, rows.number + count)
    kinds = {"undefined": outcome.undefined, "infinite": outcome.infinite, "bent": outcome.bent}
    told: dict[str, tuple[int, int, Mapping[str, float]]] = {
        kind: (len(places), rows.number + int(places[0]), point(engine, rows.columns, int(places[0])))
        for kind, places in kinds.items()
        if len(places)
    }
    return Found(format.text(rows, outcome.results), count, told, fault)


def located(fault: Fault, format: Any, number: int) -> Fault:
    """Return a fault that says on which line, or in which row, the point is."""
    fault.message = f"{format.file}, {format.place} {number}: {fault.message}"
    return fault
