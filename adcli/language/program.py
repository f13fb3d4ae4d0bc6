"""A program: a parsed text, and the graph that it means."""

from __future__ import annotations

from typing import NamedTuple

from adcli.graph import Graph
from adcli.language.syntax import Syntax


class Program(NamedTuple):
    """What elaboration makes of a text.

    graph     the Wengert list
    output    the node of the result
    title     the name of the result, where the last statement gives one
    inputs    the inputs by name, in order of first appearance, with their nodes
    shaping   the names of inputs that shape the program (the ends of ranges); they are not differentiated by
    """

    syntax: Syntax
    graph: Graph
    output: int
    title: str | None
    inputs: dict[str, int]
    shaping: frozenset[str]
