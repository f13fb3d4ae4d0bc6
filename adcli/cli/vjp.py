"""adcli vjp: a combination of the results' derivatives."""

from __future__ import annotations

from typing import Any

import click

from adcli.cli.command import Command
from adcli.cli.options import EXPRESSION, KINKS, OUTPUT, STRICT, TRACE, WRT, answer_and_render, options

COTANGENT = [click.option("--cotangent", metavar="1,0", required=True, help="A number for each result.")]


@click.command(
    "vjp",
    cls=Command,
    examples=[
        'adcli vjp "[x*y, sin(x)]" --at x=1,y=2 --cotangent 1,0',
        'adcli vjp "x^2*y" --at x=3,y=1 --cotangent 2 --json',
    ],
)
@options(EXPRESSION, COTANGENT, WRT, KINKS, STRICT, TRACE, OUTPUT)
def command(**options: Any) -> None:
    """The value and a combination of the results' derivatives, w·J, by one reverse sweep."""
    answer_and_render("vjp", **options)
