"""eval: the value."""

from __future__ import annotations

from adcli.answers import Answer, Request, evaluated, traced
from adcli.language import Program


def answer(request: Request, program: Program) -> Answer:
    """Return the value of the program."""
    point = evaluated(request, program)
    return Answer(
        request, program, point.at, None, None, {"value": point.results()}, point.findings, traced(request, point)
    )
