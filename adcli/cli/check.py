"""adcli check: every method side by side, or whether an answer is right."""

from __future__ import annotations

from typing import Any

import click

from adcli.cli.command import Command
from adcli.cli.options import EXPRESSION, KINKS, OUTPUT, WRT, answer_and_render, options

CHECK = [
    click.option(
        "--claim", metavar="ANSWER", help="Is this right? Numbers, x=5.5,y=1.716, or a formula, 2*x*cos(x^2)."
    ),
    click.option("--reveal", is_flag=True, help="Show the right answer beside a claim."),
    click.option("--steps", is_flag=True, help="The errors of differences for steps from 1e-1 to 1e-16."),
]


@click.command(
    "check",
    cls=Command,
    examples=[
        'adcli check "sin(x)*y" --at x=1,y=2',
        'adcli check "exp(x)" --at x=1 --steps',
        'adcli check "ln(x1) + x1*x2 - sin(x2)" --at x1=2,x2=5 --claim x1=5.5,x2=1.716',
        'adcli check "sin(x^2)" --claim "2*x*cos(x^2)"',
    ],
)
@options(EXPRESSION, CHECK, WRT, KINKS, OUTPUT)
def command(**options: Any) -> None:
    """The derivative by every method, side by side; or whether an answer is right (exit 5 if not)."""
    answer_and_render("check", **options)
