"""A graph as a formula: text that reads back, and LaTeX, with the big parts that it uses more than once as named steps."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, count
from typing import NamedTuple

from adcli.graph import LEAVES, Graph
from adcli.latex import latex_of, name_of
from adcli.notation import PLAIN, Item, atom, leaves, postfix, spell

LONG = 60
"""A formula of up to this many operations is written out."""

BIG = 4
"""In a longer one, what has at least this many operations and is used twice is a step with a name."""


class Formula(NamedTuple):
    """A formula: the steps with their names and texts, in order, the expression that uses them, the whole as a program that
    reads back, and the whole in LaTeX."""

    text: str
    steps: list[tuple[str, str]]
    expression: str
    latex: str


def formula(graph: Graph, output: int) -> Formula:
    """Return the formula of a node."""
    named = shared(graph, output)
    used = graph.inputs()
    candidates = ["q", "p", "s"] if len(named) == 1 else []
    fresh = (name for name in chain(candidates, (f"q{k}" for k in count(1))) if name not in used)
    names = dict(zip(named, fresh))
    plain = leaves(graph, PLAIN)

    def written(root: int) -> str:
        def leaf(index: int) -> Item | None:
            return atom(names[index]) if index in names and index != root else plain(index)

        return spell(postfix(graph, root, leaf))

    steps = [(name, written(node)) for node, name in names.items()]
    expression = written(output)
    text = "; ".join([*(f"{name} = {text}" for name, text in steps), expression])
    return Formula(text, steps, expression, _latex(graph, output, names))


def _latex(graph: Graph, output: int, names: Mapping[int, str]) -> str:
    """Return the expression in LaTeX, and behind it the steps that it uses."""
    steps = [f"{name_of(name)} = {latex_of(graph, node, names)}" for node, name in names.items()]
    expression = latex_of(graph, output, names)
    return rf"{expression} \quad \text{{where }} {', '.join(steps)}" if steps else expression


def shared(graph: Graph, output: int) -> list[int]:
    """Return the nodes that are to be steps of their own, in order: none if the formula is short when written out."""
    if operations(graph, output).tree <= LONG:
        return []
    needed = graph.leads_to([output])
    uses = [0] * len(graph.nodes)
    for index, flag in enumerate(needed):
        if flag:
            for argument in graph.arguments(index):
                uses[argument] += 1
    named, sizes = [], [0] * len(graph.nodes)
    for index in range(output):
        if needed[index] and graph.arguments(index):
            size = 1 + sum(sizes[argument] for argument in graph.arguments(index))
            if size >= BIG and uses[index] > 1:
                named.append(index)
                size = 0
            sizes[index] = size
    return named


class Operations(NamedTuple):
    """How many operations there are in a formula written out, and how many where what is shared is done once."""

    tree: int
    graph: int


def operations(graph: Graph, output: int) -> Operations:
    """Count the operations of a node; the tree may be astronomically large, and is not expanded."""
    needed = graph.leads_to([output])
    trees = [0] * (output + 1)
    total = 0
    for index in range(output + 1):
        if needed[index] and len(graph.nodes[index]) > 1 and graph.nodes[index][0] not in LEAVES:
            trees[index] = 1 + sum(trees[argument] for argument in graph.arguments(index))
            total += 1
    return Operations(trees[output], total)
