"""adcli jacobian: the derivatives of every result."""

from __future__ import annotations

from typing import Any

import click

from adcli.cli.command import Command
from adcli.cli.options import ERROR, EXPRESSION, OUTPUT, POINTS, SIDES, STRICT, TRACE, WRT, answer_and_render, options

MODE = [
    click.option(
        "--mode", type=click.Choice(["reverse", "forward"]), help="Which sweeps.  [default: whichever are fewer]"
    )
]


@click.command(
    "jacobian",
    cls=Command,
    examples=[
        'adcli jacobian "[x*y, sin(x)]" --at x=1,y=2',
        'adcli jacobian "[r*cos(t), r*sin(t)]" --at r=2,t=pi/3 --mode forward',
        'adcli jacobian "[x*y, x/y, x^y]" --at x=2,y=3 --json',
    ],
)
@options(EXPRESSION, POINTS, WRT, MODE, SIDES, STRICT, ERROR, TRACE, OUTPUT)
def command(**options: Any) -> None:
    """The value and the derivatives of every result by every input."""
    answer_and_render("jacobian", **options)
