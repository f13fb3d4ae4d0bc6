"""adcli grad: value and gradient, with the traces."""

from __future__ import annotations

from typing import Any

import click

from adcli.cli.command import Command
from adcli.cli.options import (
    ERROR,
    EXPRESSION,
    MODE,
    OUTPUT,
    POINTS,
    SIDES,
    STRICT,
    TRACE,
    WRT,
    answer_and_render,
    options,
)


@click.command(
    "grad",
    cls=Command,
    examples=[
        'adcli grad "sin(x)*y" --at x=1,y=2',
        'adcli grad "ln(x1) + x1*x2 - sin(x2)" --at x1=2,x2=5 --mode forward --digits 4',
        'adcli grad "x^2*y" --at x=3,y=1 --wrt x --json',
        r"""printf '%s\n' x,y 1,2 3,4 | adcli grad "x^2*y" --points -""",
        'echo "q = x*y; q + sin(x)" | adcli grad - --at x=1,y=2',
    ],
)
@options(EXPRESSION, POINTS, WRT, MODE, SIDES, STRICT, ERROR, TRACE, OUTPUT)
def command(**options: Any) -> None:
    """The value and the gradient of a scalar program, step by step."""
    answer_and_render("grad", **options)
