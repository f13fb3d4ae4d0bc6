"""adcli eval: the value."""

from __future__ import annotations

from typing import Any

import click

from adcli.cli.command import Command
from adcli.cli.options import EXPRESSION, OUTPUT, POINTS, TRACE, answer_and_render, options


@click.command(
    "eval",
    cls=Command,
    examples=[
        'adcli eval "2*x^2 + 1" --at x=3',
        'adcli eval "sin(30deg)"',
        'adcli eval "sum(k=1..n, 1/k^2)" --at n=100 --json',
    ],
)
@options(EXPRESSION, POINTS, TRACE, OUTPUT)
def command(**options: Any) -> None:
    """The value of a program at a point."""
    answer_and_render("eval", **options)
