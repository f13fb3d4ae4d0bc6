"""adcli jvp: the derivative in a direction."""

from __future__ import annotations

from typing import Any

import click

from adcli.cli.command import Command
from adcli.cli.options import (
    ERROR,
    EXPRESSION,
    OUTPUT,
    POINTS,
    SIDES,
    STRICT,
    TANGENT,
    TRACE,
    answer_and_render,
    options,
)


@click.command(
    "jvp",
    cls=Command,
    examples=[
        'adcli jvp "sin(x)*y" --at x=1,y=2 --tangent x=1',
        'adcli jvp "[x*y, sin(x)]" --at x=1,y=2 --tangent x=1,y=0.5',
        'adcli jvp "x^2*y" --at x=3,y=1 --tangent x=0.6,y=0.8 --json',
    ],
)
@options(EXPRESSION, POINTS, TANGENT, SIDES, STRICT, ERROR, TRACE, OUTPUT)
def command(**options: Any) -> None:
    """The value and the derivative in a direction, J·v, by one forward sweep."""
    answer_and_render("jvp", **options)
