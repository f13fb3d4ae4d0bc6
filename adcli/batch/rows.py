"""Some rows that have been read."""

from __future__ import annotations

from typing import Any, NamedTuple

from adcli.errors import Fault


class Rows(NamedTuple):
    """How many rows, the number of the first (its line in a text), what came in, the columns of doubles that were asked for, and
    the fault of the row behind them, if any."""

    size: int
    number: int
    text: Any
    columns: list[Any]
    fault: Fault | None = None
