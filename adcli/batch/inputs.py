"""By what a command differentiates at many points, and what it cannot differentiate by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adcli import answers
from adcli.answers import Request
from adcli.errors import Fault
from adcli.language import Program
from adcli.language.scope import Scope
from adcli.language.tokens import name_of


def differentiated(request: Request, program: Program) -> dict[str, int]:
    """Return the inputs to differentiate by, with their nodes; refuse what the command or --points cannot do."""
    if request.command == "eval":
        return {}
    if request.command in ("grad", "hessian"):
        answers.scalar(request, program)
    if request.command == "jvp":
        answers.finite(request.tangent or {})
        wrt = answers.inputs(program, request.tangent or {})
    else:
        wrt = answers.inputs(program, request.wrt, request.data)
    check_numbers(request, wrt)
    return wrt


def check_numbers(request: Request, names: Iterable[str]) -> None:
    """Refuse derivatives by arrays, and in the direction of one."""
    direction = request.tangent or {}
    for name in names:
        if not isinstance(request.at.get(name, 0.0), float) or not isinstance(direction.get(name, 0.0), float):
            raise Fault("points_array", name=name)


def check_names(request: Request, scope: Scope, known: Sequence[str]) -> None:
    """Refuse, of a program that is not known yet, to differentiate by what is no input of it at any point, by what shapes it,
    and by an array."""
    if request.command == "eval":
        return
    if request.command == "jvp":
        answers.finite(request.tangent or {})
    names = list(map(name_of, request.tangent or () if request.command == "jvp" else request.wrt or ()))
    for name in names:
        if name not in scope.free or name not in known:
            inputs = [other for other in dict.fromkeys(known) if other in scope.free]
            raise Fault("no_inputs_like", name=name, inputs=", ".join(inputs) or "none")
        if name in scope.shaping:
            raise Fault("shapes_the_program", name=name)
    check_numbers(request, names)
