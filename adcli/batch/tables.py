"""Parquet and Arrow files, by pyarrow, which is an extra: the columns of the input, and the results behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as pt

from adcli.batch.engine import Engine
from adcli.batch.layout import check_titles, no_column
from adcli.batch.lines import Sink
from adcli.batch.rows import Rows
from adcli.errors import Fault

BATCH, SMALL = 1 << 16, 1 << 9
"""Rows that are read at a time, and where each row takes long."""


class Table:
    """A Parquet or Arrow file, and the one that is made of it. An Arrow file may be of either kind, the stream or the one that
    is read in any order; from standard input it is the stream."""

    place = "row"

    def __init__(self, source: Any, sink: Sink, file: str, kind: str) -> None:
        self.sink, self.file, self.number, self.size = sink.stream, file, 1, BATCH
        source = source if source.seekable() else pa.BufferReader(source.read()) if kind == "parquet" else source
        try:
            self.make: Any
            if kind == "parquet":
                self.input, self.make = pq.ParquetFile(source), pq.ParquetWriter
                self.schema = self.input.schema_arrow
            else:
                self.input, self.make = opened(source)
                self.schema = self.input.schema
        except (pa.ArrowInvalid, OSError) as error:
            raise Fault("unreadable_file", file=file, reason=str(error).splitlines()[0]) from None
        self.header: list[str] = self.schema.names

    def lacking(self, fault: Fault) -> Fault:
        """Return the fault of a program; of one whose inputs are no columns, with what the columns are."""
        return no_column(fault, self.file, self.header)

    def begin(self, engine: Engine) -> None:
        """Begin the output with the names of its columns."""
        check_titles(self.header, engine.titles, self.file)
        for title in engine.titles:
            self.schema = self.schema.append(pa.field(title, pa.float64()))
        self.output = self.make(self.sink, self.schema)

    def slowly(self) -> None:
        """Take fewer rows at a time."""
        self.size = SMALL

    def blocks(self) -> Iterator[tuple[int, Any]]:
        """Yield batches of rows with the number of the first."""
        batches = (
            self.input.iter_batches(self.size)
            if isinstance(self.input, pq.ParquetFile)
            else pieces(self.input, self.size)
        )
        for batch in batches:
            yield self.number, batch
            self.number += batch.num_rows

    def read(self, block: tuple[int, Any], used: Sequence[str]) -> Rows:
        """Return the numbers of a batch in the columns that are used, up to the first row that has a fault."""
        number, batch = block
        columns, good, fault = [], batch.num_rows, None
        for name in used:
            given = batch.column(self.header.index(name))
            kind = given.type
            if not any(check(kind) for check in (pt.is_integer, pt.is_floating, pt.is_decimal, pt.is_null)):
                raise Fault("data_cell", where=f"{self.file}, column {name}", cell=kind)
            column = np.array(given.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
            bad = np.flatnonzero(~np.isfinite(column))
            if len(bad) and bad[0] < good:
                good = int(bad[0])
                where, cell = f"{self.file}, row {number + good} ({name})", given[good]
                missing = not cell.is_valid
                fault = (
                    Fault("data_missing", where=where) if missing else Fault("data_infinite", where=where, cell=cell)
                )
            columns.append(column)
        return Rows(good, number, batch.slice(0, good), [column[:good] for column in columns], fault)

    def text(self, rows: Rows, results: Sequence[Any]) -> Any:
        """Return the batch of the output."""
        given = rows.text.slice(0, len(results[0]))
        return pa.record_batch([*given.columns, *map(pa.array, results)], schema=self.schema)

    def write(self, batch: Any) -> None:
        """Write rows of the output."""
        self.output.write_batch(batch)

    def end(self) -> None:
        """Write what is at the end of a file."""
        if hasattr(self, "output"):
            self.output.close()


def opened(source: Any) -> tuple[Any, Any]:
    """Return the reader of an Arrow file and what makes the writer of such a file."""
    if source.seekable():
        try:
            return pa.ipc.open_file(source), pa.ipc.new_file
        except pa.ArrowInvalid:
            source.seek(0)
    return pa.ipc.open_stream(source), pa.ipc.new_stream


def pieces(reader: Any, size: int) -> Iterator[Any]:
    """Yield the batches of an Arrow file, none of them larger."""
    file = hasattr(reader, "num_record_batches")
    for batch in map(reader.get_batch, range(reader.num_record_batches)) if file else reader:
        for start in range(0, batch.num_rows, size):
            yield batch.slice(start, size)
