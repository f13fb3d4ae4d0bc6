"""Many points: one program, a file of points in, a file of answers out, in order and in memory that does not grow.

engine.py computes a block of points, most programs by tape.py, which runs one graph of the value and all derivatives (plan.py)
on columns. stream.py leads blocks from a file to a file, in one of the formats: csv.py, jsonl.py, tables.py.
"""

from __future__ import annotations

from typing import Any

from adcli.batch.csv import Csv
from adcli.batch.jsonl import JsonLines
from adcli.errors import Fault

SUFFIXES = {"jsonl": "jsonl", "ndjson": "jsonl", "parquet": "parquet", "arrow": "arrow", "feather": "arrow"}


def opened(source: Any, sink: Any, file: str, kind: str | None) -> Any:
    """Return the format of a file, which its suffix tells if it is not said: CSV, unless that is known."""
    kind = kind or SUFFIXES.get(file.rpartition(".")[2].lower(), "csv")
    if kind == "csv":
        return Csv(source, sink, file)
    if kind == "jsonl":
        return JsonLines(source, sink, file)
    try:
        from adcli.batch.tables import Table
    except ImportError:
        raise Fault("points_extra", format=kind.capitalize()) from None
    return Table(source, sink, file, kind)
