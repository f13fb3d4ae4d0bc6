"""The reference table of functions, as a table on the terminal and as plain text for one function."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from rich.box import ASCII2, SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from adcli.render.text import encodable

if TYPE_CHECKING:
    from adcli.reference import Entry


def write_table(entries: Sequence[Entry]) -> None:
    """Write the table of all functions to standard output."""
    width = get_terminal_size().columns if sys.stdout.isatty() else 200
    box = SIMPLE_HEAD if encodable("─", sys.stdout.encoding) else ASCII2
    table = Table(box=box, pad_edge=False, show_edge=False)
    for title in ("function", "derivative", "defined where", "taken at a kink"):
        table.add_column(title, overflow="fold")
    for entry in entries:
        names = ", ".join((entry.called, *entry.aliases))
        table.add_row(
            *map(
                Text,
                (
                    names,
                    derivative(entry),
                    entry.domain or ("as that" if entry.definition else "everywhere"),
                    kink(entry),
                ),
            )
        )
    console = Console(width=width, highlight=False, emoji=False, force_terminal=False, color_system=None)
    with console.capture() as capture:
        console.print(table)
    print(*(line.rstrip() for line in capture.get().splitlines()), sep="\n")


def write_one(entry: Entry) -> None:
    """Write what is known of one function to standard output."""
    lines = [("function", entry.called), ("also", ", ".join(entry.aliases))]
    lines += [("means", entry.definition or "")]
    lines += [(f"by {parameter}", text) for parameter, text in entry.derivatives.items()]
    lines += [
        ("in words", entry.says),
        ("defined", entry.domain or ("as that" if entry.definition else "everywhere")),
        ("kink", kink(entry)),
    ]
    print(*(f"{name:<9} {text}" for name, text in lines if text), sep="\n")


def derivative(entry: Entry) -> str:
    """Return the derivatives of a function, or what it stands for."""
    return "; ".join(entry.derivatives.values()) or f"that of {entry.definition}"


def kink(entry: Entry) -> str:
    """Return where the kink is, and what is taken there."""
    return f"{entry.chosen} where {entry.kink}" if entry.kink else ""
