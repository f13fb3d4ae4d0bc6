"""adcli taylor: the Taylor coefficients along one input."""

from __future__ import annotations

from typing import Any

import click

from adcli.cli.command import Command
from adcli.cli.options import ERROR, EXPRESSION, KINKS, OUTPUT, STRICT, TRACE, answer_and_render, options

ALONG = [
    click.option("--wrt", metavar="x", help="The input to go along.  [default: the only one]"),
    click.option("--order", metavar="N", type=int, help="The highest order, up to 50.  [default: 5]"),
]


@click.command(
    "taylor",
    cls=Command,
    examples=[
        'adcli taylor "exp(x)" --at x=0 --order 6',
        'adcli taylor "sin(x)*y" --at x=0,y=2 --wrt x --order 7',
        'adcli taylor "1/(1 - x)" --at x=1/2 --order 3 --json',
    ],
)
@options(EXPRESSION, ALONG, KINKS, STRICT, ERROR, TRACE, OUTPUT)
def command(**options: Any) -> None:
    """The Taylor coefficients and the derivatives up to an order, along one input."""
    answer_and_render("taylor", **options)
