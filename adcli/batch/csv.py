"""CSV: a header, and a row a line. What came in is carried through as it is, and the results are put behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from adcli.batch.decimals import behind
from adcli.batch.engine import Engine
from adcli.batch.layout import check_titles, no_column
from adcli.batch.lines import SMALL, Lines, Sink
from adcli.batch.numerals import Cells
from adcli.batch.rows import Rows
from adcli.data import QUOTED, badly_quoted, cells, number_in
from adcli.errors import Fault, plural
from adcli.language.tokens import NAME, name_of

Column = Any

OPENED = re.compile(rb'(?:^|[,\n])[ \t]*"')
"""The beginning of a cell in quotes."""


class Csv:
    """A CSV file, and the one that is made of it."""

    place = "line"

    def __init__(self, source: Any, sink: Sink, file: str) -> None:
        self.lines, self.sink, self.file = Lines(source), sink, file
        try:
            self.head = self.lines.header().decode()
        except UnicodeDecodeError:
            raise Fault("not_utf8", source=file, line=1) from None
        if not self.head.strip():
            raise Fault("data_empty", file=file)
        self.titles = cells(self.head)
        self.header = [name_of(cell) if re.fullmatch(NAME, cell) else cell for cell in self.titles]

    def lacking(self, fault: Fault) -> Fault:
        """Return the fault of a program; of one whose inputs are no columns, with what the columns are."""
        remedy = None
        if self.head.lstrip().startswith(("{", "[")):
            remedy = "JSON Lines are read with --points-format jsonl"
        elif len(self.titles) == 1 and re.search("[;\t]", self.head):
            remedy = "cells are separated by commas"
        return no_column(fault, self.file, self.titles, remedy)

    def begin(self, engine: Engine) -> None:
        """Write the header: that of the input, and the titles of the results."""
        check_titles(self.titles, engine.titles, self.file)
        self.sink.write(",".join([self.head, *engine.titles]).encode() + b"\n")

    def slowly(self) -> None:
        """Take fewer rows at a time."""
        self.lines.block = SMALL

    def blocks(self) -> Iterator[tuple[int, bytes] | None]:
        """Yield pieces of the input, None before waiting for more."""
        return self.lines.blocks()

    def read(self, block: tuple[int, bytes], used: Sequence[str]) -> Rows:
        """Return the numbers of a block in the columns that are used."""
        line, text = block
        places = [self.header.index(name) for name in used]
        columns = quick(text, len(self.header), places)
        return self.slow(line, text, places) if columns is None else Rows(text.count(b"\n") + 1, line, text, columns)

    def slow(self, line: int, text: bytes, places: Sequence[int]) -> Rows:
        """Return the rows of a block up to the first that has a fault, and that fault."""
        found: list[list[float]] = []
        lines, fault = text.split(b"\n"), None
        for number, raw in enumerate(lines, line):
            try:
                found.append(self.row(number, raw.decode(errors="surrogateescape"), places))
            except Fault as error:
                fault = error
                break
        table = np.array(found).reshape(len(found), len(places))
        return Rows(len(found), line, b"\n".join(lines[: len(found)]), [column.copy() for column in table.T], fault)

    def row(self, number: int, text: str, places: Sequence[int]) -> list[float]:
        """Return the numbers of one line; raise its fault."""
        if not text.strip():
            raise Fault("data_line", file=self.file, line=number)
        if badly_quoted(text):
            raise Fault("data_quote", file=self.file, line=number)
        row = cells(text)
        if len(row) != len(self.header):
            got, wanted = plural(len(row), "cell"), plural(len(self.header), "column")
            raise Fault("data_ragged", file=self.file, line=number, got=got, wanted=wanted)
        where = f"{self.file}, line {number}, column"
        return [number_in(row[place], f"{where} {place + 1} ({self.header[place]})") for place in places]

    def text(self, rows: Rows, results: Sequence[Column]) -> bytes:
        """Return the lines of the output."""
        return behind(rows.text, results)

    def write(self, text: bytes) -> None:
        """Write lines of the output."""
        self.sink.write(text)

    def end(self) -> None:
        """Write nothing more."""


def quick(text: bytes, width: int, places: Sequence[int]) -> list[Column] | None:
    """Return the columns at these places of lines with so many cells; None where the text is anything else."""
    if b'"' in text:
        text = QUOTED.sub(r"\1", text.decode(errors="surrogateescape")).encode(errors="surrogateescape")
        if OPENED.search(text):
            return None
    table = Cells(text, width)
    columns = []
    for place in places if table.whole else ():
        if (column := table.column(place)) is None:
            return None
        columns.append(column)
    return columns if table.whole else None
