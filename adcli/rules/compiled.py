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
    lines = []
    for index, (head, *rest) in enumerate(graph.nodes):
        if head is INPUT:
            spelled = str(rest[0])
        elif head is NUMBER:
            spelled = repr(float(str(rest[0])))
        else:
            spelled = _spelled(head, [f"v{argument}" for argument in rest])
        lines.append(f"    v{index} = {spelled}\n")
    source = f"def rule({', '.join(parameters)}):\n{''.join(lines)}    return v{output}\n"
    return next(part for part in compile(source, "<rule>", "exec").co_consts if isinstance(part, CodeType))


def _spelled(head: object, arguments: list[str]) -> str:
    """Spell one operation as Python, given its operands."""
    assert isinstance(head, Primitive)
    if head.name in NATIVE:
        return f" {NATIVE[head.name]} ".join(arguments)
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
