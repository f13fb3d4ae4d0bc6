"""A program: a parsed text, and the graph that it means."""

from __future__ import annotations

from typing import Any, NamedTuple

from adcli.graph import Graph
from adcli.language.syntax import Syntax


class Program(NamedTuple):
    """What elaboration makes of a text.

    graph     the Wengert list
    outputs   the nodes of the result: one, or those of the elements of an array
    vector    whether the result is an array
    title     the name of the result, where the last statement gives one
    inputs    the inputs by name, in order of first appearance, with their nodes
    idle      the instructions of calls of deriv whose expression does not depend on the name itself
    boundaries  the instructions of conditions that decided something and whose sides are exactly equal at the point
    shaping   the names of inputs that shape the program (the ends of ranges); they are not differentiated by
    local     whether a value of the point decided about the graph (a branch, the end of a range, a size), which may then be
              another one at another point
    """

    syntax: Syntax
    graph: Graph
    outputs: tuple[int, ...]
    vector: bool
    title: str | None
    inputs: dict[str, int]
    shaping: frozenset[str]
    idle: tuple[int, ...] = ()
    boundaries: tuple[int, ...] = ()
    local: bool = True

    def shaped(self, numbers: list[float]) -> Any:
        """Return numbers, one for each output, in the shape of the result: a list, or the only one."""
        return numbers if self.vector else numbers[0]

    @property
    def output(self) -> int:
        """The node of the result, of a program that has one."""
        (output,) = self.outputs
        return output
