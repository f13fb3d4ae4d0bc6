"""--points: a file of many points in, one of many answers out."""

from __future__ import annotations

import os
import signal
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from adcli.cli.command import standard_input
from adcli.errors import Fault

if TYPE_CHECKING:
    from adcli.answers import Request
    from adcli.batch.engine import Engine
    from adcli.batch.stream import Report, Tell


def answer_points(request: Request, file: str, kind: str | None) -> None:
    """Answer a request at every point of a file, and write the answers as they are found."""
    from adcli.batch import opened
    from adcli.batch.engine import engine
    from adcli.batch.lines import Sink
    from adcli.batch.stream import Report, stream

    name = "standard input" if file == "-" else file
    try:
        source = standard_input() if file == "-" else open(file, "rb")  # noqa: SIM115
    except OSError as error:
        raise Fault("unreadable_file", file=file, reason=error.strerror) from None
    sink, report = Sink(sys.stdout.buffer), Report()
    with source, interruptible(sink):
        format = opened(source, sink, name, kind)
        try:
            computed = engine(request, format.header, name)
        except Fault as fault:
            raise format.lacking(fault) from None
        with progress(source) as tell:
            try:
                stream(computed, format, report, tell)
            except Fault:
                for _, sentence in report.sentences(computed, format.place):
                    print(f"warning: {sentence}", file=sys.stderr)
                raise
    conclude(report, computed, format.place)


def conclude(report: Report, computed: Engine, place: str) -> None:
    """Tell on standard error what was found; rows without a value are an error."""
    undefined = None
    for sentence in report.idle(computed):
        print(f"warning: {sentence}", file=sys.stderr)
    for kind, sentence in report.sentences(computed, place):
        if kind == "undefined":
            undefined = sentence
        else:
            print(f"warning: {sentence}", file=sys.stderr)
    if undefined is not None:
        raise Fault("points_undefined", sentence=undefined)


@contextmanager
def interruptible(sink: Any) -> Iterator[None]:
    """Let an interruption wait for the end of the line that is being written."""
    try:
        before = signal.signal(signal.SIGINT, sink.interrupt)
    except ValueError:  # not the main thread, to which interruptions come
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress(source: Any) -> Iterator[Tell]:
    """Show how far it is on standard error, if that is a terminal and the answers go elsewhere; yield what is to be told the
    number of rows."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda rows: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    status = os.fstat(source.fileno())
    size = status.st_size if stat.S_ISREG(status.st_mode) else None
    columns = [BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn()]
    start = time.monotonic()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=size)

        def tell(rows: int) -> None:
            rate = rows / max(time.monotonic() - start, 1e-9)
            done = source.tell() if size is not None else 0
            bar.update(task, completed=done, description=f"{rows:,} rows, {rate:,.0f} a second")

        yield tell
