"""adcli hvp: the Hessian times a vector."""

from __future__ import annotations

from typing import Any

import click

from adcli.cli.command import Command
from adcli.cli.options import EXPRESSION, KINKS, OUTPUT, STRICT, TANGENT, TRACE, WRT, answer_and_render, options


@click.command(
    "hvp",
    cls=Command,
    examples=[
        'adcli hvp "x^2*y + sin(y)" --at x=3,y=1 --tangent x=1,y=2',
        'adcli hvp "(1 - x)^2 + 100*(y - x^2)^2" --at x=1,y=1 --tangent x=1 --json',
    ],
)
@options(EXPRESSION, TANGENT, WRT, KINKS, STRICT, TRACE, OUTPUT)
def command(**options: Any) -> None:
    """The value, the gradient and the Hessian times a vector, H·v, of a scalar program."""
    answer_and_render("hvp", **options)
