"""adcli hessian: the matrix of second derivatives."""

from __future__ import annotations

from typing import Any

import click

from adcli.cli.command import Command
from adcli.cli.options import EXPRESSION, KINKS, OUTPUT, POINTS, STRICT, TRACE, WRT, answer_and_render, options


@click.command(
    "hessian",
    cls=Command,
    examples=[
        'adcli hessian "x^2*y + sin(y)" --at x=3,y=1',
        'adcli hessian "(1 - x)^2 + 100*(y - x^2)^2" --at x=1,y=1 --json',
    ],
)
@options(EXPRESSION, POINTS, WRT, KINKS, STRICT, TRACE, OUTPUT)
def command(**options: Any) -> None:
    """The value, the gradient and the second derivatives of a scalar program."""
    answer_and_render("hessian", **options)
