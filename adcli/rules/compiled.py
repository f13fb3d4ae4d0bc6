"""Rule text becomes code here, and only here.

A rule is parsed by adcli's own parser into a graph, spelled as straight-line Python, compiled once, and bound to the
namespace of each number system that asks for it. Only the text of the packaged table is ever read: what a person types
goes another way (language/) and never reaches this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import CodeType, FunctionType
from typing import Any

from adcli.graph import INPUT, NUMBER, Graph
from adcli.rules.elementary import WHERE
from adcli.rules.primitive import Array, Primitive

Function = Callable[..., Any]
Reader = Callable[[str], tuple[Graph, int]]

NATIVE = {"add": "+", "sub": "-", "mul": "*"}
"""Operators that every number system has as Python's own; division is not one, because 1.0/0.0 raises there."""

_readers: list[Reader] = []


def read_with(reader: Reader) -> None:
    """Say who reads rule text: the parser, which is built on this table and so cannot be imported by it."""
    _readers[:] = [reader]


def read(text: str) -> tuple[Graph, int]:
    """Return the graph of an expression of the table, and the index of its result."""
    return _readers[0](text)


@cache
def _code(text: str, parameters: tuple[str, ...]) -> CodeType:
    """Return the code of a function of these parameters that computes an expression of the table."""
    return code_of(*read(text), parameters)


def code_of(graph: Graph, output: int, parameters: tuple[str, ...]) -> CodeType:
    """Return the code of a function of these parameters that computes a node of a graph made from an expression of the table."""
    lines, result = _lines(graph, output, "v")
    return _compiled(f"def rule({', '.join(parameters)}):", [*lines, f"return {result}"])


def _lines(graph: Graph, output: int, prefix: str, native: Mapping[str, str] = NATIVE) -> tuple[list[str], str]:
    """Spell a node of a graph as Python: a line for each operation that it needs, and what the result is called."""
    needed = graph.leads_to([output])
    lines: list[str] = []
    names: list[str] = []
    for index, (head, *rest) in enumerate(graph.nodes):
        if not needed[index]:
            names.append("")
        elif head is INPUT:
            names.append(str(rest[0]))
        elif head is NUMBER:
            names.append(repr(float(str(rest[0]))))
        else:
            lines.append(f"{prefix}{index} = {_spelled(head, [names[argument] for argument in rest], native)}")
            names.append(f"{prefix}{index}")
    return lines, names[output]


def _compiled(head: str, lines: list[str]) -> CodeType:
    """Return the code of a function, given its first line and the others."""
    source = "\n    ".join((head, *lines))
    return next(part for part in compile(source, "<rule>", "exec").co_consts if isinstance(part, CodeType))


def _spelled(head: object, arguments: list[str], native: Mapping[str, str]) -> str:
    """Spell one operation as Python, given its operands."""
    assert isinstance(head, Primitive)
    if head.name in native:
        return f" {native[head.name]} ".join(arguments)
    if head.name == "neg":
        return f"-{arguments[0]}"
    if isinstance(head, Array):
        arguments = [*arguments, *map(repr, head.static)]
    return f"f_{head.name}({', '.join(arguments)})" if arguments else f"f_{head.name}"


def bind(text: str, parameters: tuple[str, ...], functions: Mapping[str, Any]) -> Function:
    """Return an expression of the table as a function on the numbers of a system, given the system's functions."""
    return bind_code(_code(text, parameters), functions)


def bind_code(code: CodeType, functions: Mapping[str, Any]) -> Function:
    """Return the function of a code on the numbers of a system, given the system's functions."""
    return FunctionType(code, {name: functions[name[2:]] for name in code.co_names})


@cache
def _pull(row: Primitive, live: tuple[bool, ...]) -> CodeType:
    """Return the code of what a node of this row does in a reverse sweep over floats: it adds its adjoint g times each partial
    derivative to the adjoint of that argument, where that is ``live``. All products are there before the first is added, so
    that nothing is half done when one of them raises."""
    places = ("a", "b") if row.arity <= 2 else tuple(f"b[{number}]" for number in range(row.arity))
    found = dict(zip((*row.parameters, "r"), (*places[: row.arity], "i")))
    products, sums = list[str](), list[str]()
    used = {row.parameters[0]} if row is WHERE else set[str]()
    for number, text in enumerate(row.partials):
        if not live[number] or text is None or text == "0":
            continue
        product = "g"
        if text != "1":
            steps, partial = _lines(*read(text), f"v{number}_", NATIVE | {"div": "/"})
            used.update(read(text)[0].inputs())
            products += [*steps, f"g{number} = g * {partial}"]
            product = f"g{number}"
        taken = "" if row is not WHERE else f"if {'' if number == 1 else 'not '}{row.parameters[0]}: "
        sums.append(f"{taken}adjoints[{places[number]}] += {product}")
    operands = [f"{name} = values[{place}]" for name, place in found.items() if name in used]
    return _compiled("def pull(g, i, a, b, values, adjoints):", [*operands, *products, *sums] or ["pass"])


def pull(row: Primitive, live: tuple[bool, ...], functions: Mapping[str, Any]) -> Function:
    """Return what a node of this row does in a reverse sweep (see tape.py), bound to functions that may raise."""
    code = _pull(row, live)
    return FunctionType(code, {name: functions[name[2:]] for name in code.co_names})


# The rules of sums and products, so frequent that the reverse sweep knows them by name and does not call them.


def one(*_: Any) -> float:
    """Return 1."""
    return 1.0


def first(x: Any, y: Any, r: Any) -> Any:
    """Return the first argument."""
    return x


def second(x: Any, y: Any, r: Any) -> Any:
    """Return the second argument."""
    return y


class Rules(dict[Primitive, "tuple[Function | None, ...]"]):
    """The partial derivatives of each primitive, as functions of its arguments and its output, made when asked for; None
    where the derivative is 0 by its nature, a structural zero, or where there is none to be had."""

    def __init__(self, functions: Mapping[str, Any]) -> None:
        super().__init__()
        self.functions = functions

    def __missing__(self, row: Primitive) -> tuple[Function | None, ...]:
        self[row] = rules = tuple(self._function(row, text) for text in row.partials)
        return rules

    def _function(self, row: Primitive, text: str | None) -> Function | None:
        if text is None or text == "0":
            return None
        frequent = {"1": one, **dict(zip(row.parameters, (first, second) if row.arity == 2 else ()))}
        return frequent.get(text) or bind(text, (*row.parameters, "r"), self.functions)
