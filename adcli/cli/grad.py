"""adcli grad: value and gradient, with the traces."""

from __future__ import annotations

from typing import Any

import click

from adcli.cli.command import Command
from adcli.cli.options import EXPRESSION, OUTPUT, answer_and_render, options

DERIVATIVE = [
    click.option("--wrt", metavar="x,y", help="The inputs to differentiate by.  [default: all]"),
    click.option("--mode", type=click.Choice(["reverse", "forward"]), help="Which sweep.  [default: reverse]"),
    click.option(
        "--kinks",
        type=click.Choice(["subgradient", "left", "right", "error"]),
        default="subgradient",
        help="What to take at a kink; a side implies --mode forward.  [default: subgradient]",
    ),
    click.option("--strict", is_flag=True, help="A derivative that is infinite or undefined is an error."),
]


@click.command(
    "grad",
    cls=Command,
    examples=[
        'adcli grad "sin(x)*y" --at x=1,y=2',
        'adcli grad "ln(x1) + x1*x2 - sin(x2)" --at x1=2,x2=5 --mode forward --digits 4',
        'adcli grad "x^2*y" --at x=3,y=1 --wrt x --json',
        'echo "q = x*y; q + sin(x)" | adcli grad - --at x=1,y=2',
    ],
)
@options(EXPRESSION, DERIVATIVE, OUTPUT)
def command(wrt: str | None, mode: str | None, kinks: str, **options: Any) -> None:
    """The value and the gradient of a scalar program, step by step."""
    if kinks in ("left", "right") and mode == "reverse":
        raise click.UsageError(f"--kinks {kinks} needs the forward mode, whose tangents tell the side")
    names = None if wrt is None else [name.strip() for name in wrt.split(",")]
    if names and not all(names):
        raise click.UsageError("--wrt needs names with commas between them")
    answer_and_render("grad", wrt=names, mode=mode, kinks=kinks, **options)
