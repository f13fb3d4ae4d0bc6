"""eval: the value."""

from __future__ import annotations

from adcli.answers import Answer, Request, evaluated, inputs, kinks, traced
from adcli.language import Program
from adcli.language.code import DERIV


def answer(request: Request, program: Program) -> Answer:
    """Return the value of the program."""
    point = evaluated(request, program)
    if DERIV in program.syntax.ops:
        kinks(request, point, inputs(program, None, request.data))
    return Answer(
        request, program, point.at, None, None, {"value": point.results()}, point.findings, traced(request, point)
    )
