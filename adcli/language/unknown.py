"""What to say of a name that is called and is no function, or is used and has no value: the likeliest mistake, and its remedy."""

from __future__ import annotations

from collections.abc import Container, Sequence

from adcli.errors import Fault, no_value
from adcli.language import words
from adcli.language.code import every
from adcli.language.syntax import CALL, CONSTANT, NAME, Syntax


def unknown(syntax: Syntax, at: int, valued: Container[str]) -> Fault:
    """Return the fault of the call at instruction ``at``; ``valued`` are the names that the point gives a value."""
    name, position = syntax.args[at][0], syntax.at[at]
    span = (position, position + len(name))
    own = {statement[1]: statement[2] for statement in syntax.statements if statement[0] == "define"}
    if name in own:
        cycle = cycle_through(syntax, name)
        if cycle:
            return Fault("recursion", span, name=name, cycle=" -> ".join(cycle))
        return Fault("used_before", span, name=name)
    near = words.nearest(name, own)
    names = {arg for op, arg in zip(syntax.ops, syntax.args) if op == NAME}
    names.update(statement[1] for statement in syntax.statements)
    names.update(*own.values())
    if name in names or name in valued or (len(name) == 1 and not near):
        call = syntax.text[slice(*syntax.extent(at))]
        return Fault("variable_called", span, name=name, instead=call.replace("(", "*(", 1))
    if near:
        return Fault("unknown_function_near", span, name=name, near=near)
    return Fault("unknown_function", span, name=name)


def unvalued(syntax: Syntax, names: Sequence[str]) -> Fault:
    """Return the fault of names that have no value; where the program gives one of them a value, it does so too late."""
    bound = {name for kind, name, *_ in every(syntax.statements) if kind in ("bind", "for")}
    late = next((name for name in names if name in bound), None)
    return no_value(names) if late is None else Fault("set_too_late", name=late)


def uses_constant(syntax: Syntax, name: str) -> bool:
    """Say whether a name is that of a constant which the program uses."""
    sign = words.CONSTANTS.get(name)
    return sign is not None and (CONSTANT, sign) in zip(syntax.ops, syntax.args)


def cycle_through(syntax: Syntax, name: str) -> list[str]:
    """Return the way from a function of the person's own back to itself by calls, or nothing."""
    calls: dict[str, list[str]] = {}
    for kind, defined, _, start, stop, _ in syntax.statements:
        if kind == "define":
            body = zip(syntax.ops[start:stop], syntax.args[start:stop])
            calls.setdefault(defined, []).extend(arg[0] for op, arg in body if op == CALL)
    ways, seen = [[name]], {name}
    for way in ways:
        for callee in calls.get(way[-1], ()):
            if callee == name:
                return [*way, name]
            if callee not in seen:
                seen.add(callee)
                ways.append([*way, callee])
    return []
