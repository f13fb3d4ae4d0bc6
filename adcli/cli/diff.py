"""adcli diff: the derivative as a formula."""

from __future__ import annotations

from typing import Any

import click

from adcli.cli.command import Command
from adcli.cli.options import EXPRESSION, FORMAT, KINKS, OUTPUT, STRICT, answer_and_render, options

BY = [
    click.option("--wrt", metavar="x,x,y", help="The inputs, one after the other.  [default: the only one]"),
    click.option("--order", metavar="N", type=int, help="How often by one input, up to 20.  [default: 1]"),
    click.option("--stats", is_flag=True, help="How many operations the formula has."),
    click.option("--format", type=click.Choice(["table", "json", "latex"]), help="How to print it.  [default: table]"),
]


@click.command(
    "diff",
    cls=Command,
    examples=[
        'adcli diff "x^3*sin(x)" --wrt x',
        'adcli diff "x^2*y^3" --wrt x,x,y',
        'adcli diff "exp(-x^2)" --order 3 --at x=1',
        'adcli diff "sqrt(1 + x^2)" --format latex',
    ],
)
@options(EXPRESSION, BY, KINKS, STRICT, [option for option in OUTPUT if option is not FORMAT])
def command(**options: Any) -> None:
    """The derivative as a formula, made simple; it reads back into adcli."""
    answer_and_render("diff", **options)
