"""JSON Lines: an object of names and numbers a line, and an answer a line, in which the object is the point as it came."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

import numpy as np

from adcli.batch.engine import Engine
from adcli.batch.lines import SMALL, Lines, Sink
from adcli.batch.rows import Rows
from adcli.errors import Fault, not_in_json
from adcli.language.tokens import name_of

Column = Any

STRINGS = {"nan": '"NaN"', "inf": '"Infinity"', "-inf": '"-Infinity"'}


class Twice(ValueError):
    """A key that an object has twice."""


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, which has each key once."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise Twice(next(name for name in names if names.count(name) > 1))
    return found


class JsonLines:
    """A file of JSON Lines, and the one that is made of it. The first line says which names there are."""

    place = "line"

    def __init__(self, source: Any, sink: Sink, file: str) -> None:
        self.lines, self.sink, self.file = Lines(source), sink, file
        self.decode = json.JSONDecoder(parse_int=float, parse_constant=not_in_json, object_pairs_hook=once).decode
        first = self.lines.peek()
        if not first.strip() and self.lines.ended:
            raise Fault("points_empty", file=file)
        self.header = [name_of(key) for key in self.object(1, first)]

    def lacking(self, fault: Fault) -> Fault:
        """Return the fault of a program: what it has no value for should be in the first line."""
        if fault.name != "missing_value":
            return fault
        return Fault("points_key", file=self.file, line=1, name=fault.blanks["names"])

    def begin(self, engine: Engine) -> None:
        """Make the pattern of a line from the keys of the command's answer."""
        self.order: list[int] = []
        self.pattern = f'{{"at": %s, {self.spelled(engine.keys)[1:]}\n'

    def spelled(self, keys: Any) -> str:
        """Return the pattern of a part of an answer, and note the columns of its numbers."""
        if isinstance(keys, int):
            self.order.append(keys)
            return "%s"
        if isinstance(keys, list):
            return f"[{', '.join(map(self.spelled, keys))}]"
        spelled = (f"{json.dumps(key, ensure_ascii=False)}: {self.spelled(part)}" for key, part in keys.items())
        return f"{{{', '.join(spelled)}}}"

    def slowly(self) -> None:
        """Take fewer rows at a time."""
        self.lines.block = SMALL

    def blocks(self) -> Iterator[tuple[int, bytes] | None]:
        """Yield pieces of the input, None before waiting for more."""
        return self.lines.blocks()

    def object(self, number: int, line: bytes) -> dict[str, Any]:
        """Return the object of a line; raise its fault."""
        try:
            found = self.decode(line.decode())
        except json.JSONDecodeError as error:
            raise Fault("point_json", file=self.file, reason=error.msg, line=number, column=error.colno) from None
        except UnicodeDecodeError:
            raise Fault("not_utf8", source=self.file, line=number) from None
        except Twice as error:
            raise Fault("points_twice", file=self.file, line=number, name=error) from None
        except (ValueError, RecursionError) as error:
            raise Fault("unreadable_file", file=self.file, reason=f"{error} (line {number})") from None
        if not isinstance(found, dict) or not found:
            raise Fault("data_row", file=self.file, line=number)
        return found

    def read(self, block: tuple[int, bytes], used: Sequence[str]) -> Rows:
        """Return the numbers of a block under the keys that are used, up to the first line that has a fault."""
        line, text = block
        found: list[list[float]] = []
        lines, fault = text.split(b"\n"), None
        for number, raw in enumerate(lines, line):
            try:
                found.append(self.row(number, raw, used))
            except Fault as error:
                fault = error
                break
        table = np.array(found).reshape(len(found), len(used))
        return Rows(len(found), line, lines[: len(found)], [column.copy() for column in table.T], fault)

    def row(self, number: int, line: bytes, used: Sequence[str]) -> list[float]:
        """Return the numbers of one line; raise its fault."""
        found = self.object(number, line)
        if not found.keys() >= {*used}:
            found = {name_of(key): value for key, value in found.items()}
        for name in used:
            value = found.get(name)
            if not isinstance(value, float) or not isfinite(value):
                row = "data_number" if name in found else "points_key"
                raise Fault(row, file=self.file, line=number, name=name)
        return [found[name] for name in used]

    def text(self, rows: Rows, results: Sequence[Column]) -> bytes:
        """Return the lines of the output."""
        columns = []
        for column in (results[number] for number in self.order):
            written = list(map(repr, column.tolist()))
            if not np.isfinite(column).all():
                written = [STRINGS.get(number, number) for number in written]
            columns.append(written)
        points = (line.decode().strip() for line in rows.text)
        return "".join(self.pattern % parts for parts in zip(points, *columns)).encode()

    def write(self, text: bytes) -> None:
        """Write lines of the output."""
        self.sink.write(text)

    def end(self) -> None:
        """Write nothing more."""
