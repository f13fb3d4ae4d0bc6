"""Data: the columns of files, as vectors by name.

What a file holds tells its suffix: ``.json`` one object of lists or numbers, ``.jsonl`` and ``.ndjson`` an object of numbers a
line, everything else (standard input too) CSV, whose first line names the columns. Numbers are read by numpy, a whole file at
once; only where it refuses one is the file read line by line, to tell the place.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Container, Iterable, Mapping
from math import isfinite
from typing import Any

from adcli.errors import Fault, not_in_json, plural
from adcli.language.misfit import differ
from adcli.language.tokens import NAME, SYMBOLS, is_name, name_of
from adcli.language.words import CONSTANTS
from adcli.numbers.arrays import from_buffer, from_lists, from_rows

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
INFINITE = re.compile(r"[+-]?(?:nan|inf|infinity|∞)", re.IGNORECASE)
CELL = re.compile(r'[ \t]*(?:"((?:[^"]|"")*)"[ \t]*(?=,|$)|([^,]*))(?:,|$)')
QUOTED = re.compile(r'(?<![^,\n])"([^",\n]*)"(?![^,\n])')
PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|\[[-+0-9.eE,\s]+\]|[NI]')
NOT_JSON = re.compile(r"(?<![eE])\+|(?<![0-9])\.|\.(?![0-9])|(?<![-+0-9.eE])-?0[0-9]")


def read_data(files: Iterable[tuple[str, str]], given: Container[str] = ()) -> dict[str, Any]:
    """Return the columns of files, which are given as pairs of name and text: vectors of doubles by name.

    Raises Fault (kind "data") for what cannot be read, and for a name that two files have or that is ``given`` elsewhere.
    """
    found: dict[str, Any] = {}
    owner: dict[str, str] = {}
    for file, text in files:
        for name, values in columns_of(file, text).items():
            if name in owner:
                raise Fault("data_clash", name=name, file=file, other=owner[name])
            if name in given:
                raise Fault("data_given", name=name, file=file)
            found[name], owner[name] = values, file
    return found


def columns_of(file: str, text: str) -> dict[str, Any]:
    """Return the columns of one file."""
    if not text.strip():
        raise Fault("data_empty", file=file)
    suffix = file.rpartition(".")[2].lower()
    if suffix == "json":
        return from_json(file, text)
    if suffix in ("jsonl", "ndjson"):
        return from_json_lines(file, text)
    return from_csv(file, text)


def column_name(header: str, where: str, known: Container[str]) -> str:
    """Return the name that a header gives; refuse what no formula could mean by it."""
    if header in CONSTANTS:
        raise Fault("data_constant", where=where, name=header)
    if not re.fullmatch(NAME, header) or not is_name(header) or header in SYMBOLS:
        raise Fault("data_header", where=where, header=header)
    name = name_of(header)
    if name in known:
        raise Fault("data_twice", where=where, name=name)
    return name


# --- CSV ---


def from_csv(file: str, text: str) -> dict[str, Any]:
    """Return the columns of a CSV file."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    header, _, body = text.partition("\n")
    names: list[str] = []
    for number, cell in enumerate(cells(header), 1):
        names.append(column_name(cell, f"{file}, line 1, column {number}", names))
    body = body.rstrip()
    if not body:
        raise Fault("data_rows", file=file)
    table = from_rows(QUOTED.sub(r"\1", body) if '"' in body else body, body.count("\n") + 1, len(names))
    return dict(zip(names, columns_by_line(file, names, body) if table is None else table))


def cells(line: str) -> list[str]:
    """Return the cells of a line, without quotes and the blanks around them."""
    found = []
    place = 0
    while True:
        cell = CELL.match(line, place)
        assert cell  # the pattern accepts everything
        found.append(cell[2].strip() if cell[1] is None else cell[1].replace('""', '"').strip())
        place = cell.end()
        if line[place - 1 : place] != "," or cell[0] == "":
            return found


def badly_quoted(line: str) -> bool:
    """Say whether a cell of a line begins with a quote and does not end with one."""
    return any(cell[1] is None and cell[2].lstrip().startswith('"') for cell in CELL.finditer(line))


def columns_by_line(file: str, names: list[str], body: str) -> list[Any]:
    """Return the columns of the lines below the header, slowly; raise the fault of the first cell that has one."""
    columns = [array("d") for _ in names]
    for number, line in enumerate(body.split("\n"), 2):
        if not line.strip():
            raise Fault("data_line", file=file, line=number)
        row = cells(line)
        if len(row) != len(names):
            got, wanted = plural(len(row), "cell"), plural(len(names), "column")
            raise Fault("data_ragged", file=file, line=number, got=got, wanted=wanted)
        for place, (name, cell, column) in enumerate(zip(names, row, columns), 1):
            where = f"{file}, line {number}, column {place} ({name})"
            column.append(number_in(cell, where))
    return [from_buffer(column) for column in columns]


def number_in(cell: str, where: str) -> float:
    """Return the number in a cell; raise Fault for an empty one and for what is no finite number."""
    if not cell:
        raise Fault("data_missing", where=where)
    if INFINITE.fullmatch(cell) or NUMBER.fullmatch(cell) and not isfinite(float(cell)):
        raise Fault("data_infinite", where=where, cell=cell)
    if not NUMBER.fullmatch(cell):
        raise Fault("data_cell", where=where, cell=cell)
    return float(cell)


# --- JSON ---


class Pairs(list[tuple[str, Any]]):
    """The pairs of a JSON object, those given twice included."""


def from_json(file: str, text: str) -> dict[str, Any]:
    """Return the numbers and arrays of a JSON object. Its lists of numbers are read by numpy, and NaN, which is no JSON, stands
    for each of them while the rest is read."""
    lists: list[Any] = []

    def taken(piece: re.Match[str]) -> str:
        if piece[0][0] == '"':
            return piece[0]
        if piece[0][0] != "[" or NOT_JSON.search(piece[0]):
            raise ValueError
        items = piece[0][1:-1].replace("\n", " ").replace(",", "\n")
        column = from_rows(items, items.count("\n") + 1, 1)
        if column is None:
            raise ValueError
        lists.extend(column)
        return "NaN"

    rest = iter(lists)
    try:
        short = PIECE.sub(taken, text)
        pairs = json.loads(short, object_pairs_hook=Pairs, parse_int=float, parse_constant=lambda _: next(rest))
    except (ValueError, RecursionError):
        pairs = whole(file, text)
    if not isinstance(pairs, Pairs):
        raise Fault("data_object", file=file)
    found: dict[str, Any] = {}
    for header, value in pairs:
        name = column_name(header, file, found)
        values = from_lists(value) if isinstance(value, list) else value
        if values is None and differ(value):
            raise Fault("ragged_value", where=f"in {file} ", name=name)
        if (
            isinstance(value, (str, bool, Pairs))
            or values is None
            or isinstance(values, float)
            and not isfinite(values)
        ):
            raise Fault("data_value", file=file, name=name)
        found[name] = values
    if not found:
        raise Fault("data_object", file=file)
    return found


def whole(file: str, text: str) -> Any:
    """Return what a JSON text holds; raise the fault that it has."""
    try:
        return json.loads(text, object_pairs_hook=Pairs, parse_int=float, parse_constant=not_in_json)
    except json.JSONDecodeError as error:
        raise Fault("point_json", file=file, reason=error.msg, line=error.lineno, column=error.colno) from None
    except (ValueError, RecursionError) as error:
        raise Fault("unreadable_file", file=file, reason=error) from None


def from_json_lines(file: str, text: str) -> dict[str, Any]:
    """Return the columns of an object of numbers a line; every line has the keys of the first."""
    columns: Mapping[str, array[float]] = {}
    read = json.JSONDecoder(object_pairs_hook=Pairs, parse_int=float, parse_constant=not_in_json).decode
    keys: list[str] = []
    for number, line in enumerate(text.rstrip().replace("\r\n", "\n").split("\n"), 1):
        if not line.strip():
            raise Fault("data_line", file=file, line=number)
        try:
            pairs = read(line)
        except json.JSONDecodeError as error:
            reason, place = error.msg, error.colno
            raise Fault("point_json", file=file, reason=reason, line=number, column=place) from None
        except (ValueError, RecursionError) as error:
            raise Fault("unreadable_file", file=file, reason=f"{error} (line {number})") from None
        if not isinstance(pairs, Pairs) or not pairs:
            raise Fault("data_row", file=file, line=number)
        row = dict(pairs)
        if not keys:
            names: list[str] = []
            for header, _ in pairs:
                names.append(column_name(header, f"{file}, line 1", names))
            keys, columns = list(row), {name: array("d") for name in names}
        if len(pairs) != len(keys) or row.keys() != dict.fromkeys(keys).keys():
            raise Fault("data_keys", file=file, line=number, keys=", ".join(keys))
        for key, column in zip(keys, columns.values()):
            value = row[key]
            if value.__class__ is list:
                raise Fault("data_list", file=file, line=number, name=name_of(key))
            if not isinstance(value, float) or not isfinite(value):
                raise Fault("data_number", file=file, line=number, name=name_of(key))
            column.append(value)
    return {name: from_buffer(column) for name, column in columns.items()}
