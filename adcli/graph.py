"""The graph: a program as a Wengert list.

A node is one tuple, ``(primitive, argument, argument, ...)``, whose arguments are the indices of earlier nodes; the list
of nodes is therefore always in an order in which it can be computed. Two kinds of leaf carry a payload instead:
``(INPUT, name)`` and ``(NUMBER, decimal text)``. ``put`` never makes the same node twice (hash-consing), which is why a
shared subexpression is computed, differentiated and shown once.

Nothing here knows what a primitive does: that is the table's business (rules/), and computing is the sweeps'.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

INPUT = "input"
NUMBER = "number"
LEAVES = (INPUT, NUMBER)

Node = tuple[Any, ...]
"""A primitive and the indices of its arguments, or INPUT or NUMBER and a text."""


def decimal_text(value: float) -> str:
    """Return the shortest decimal text of a double, without a trailing ``.0``: the payload of a NUMBER node."""
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text


class Graph:
    """Parallel lists, one entry a node: ``nodes`` and ``sources``; ``names`` holds the few nodes a person named, and ``arrays``
    says whether values may be arrays.

    A source is the place of a node in the program's text, in whatever terms its maker keeps (-1 for none). ``sweeps`` counts
    those over floats, and ``tape`` is what makes further ones quicker (see numbers/tape.py).
    """

    __slots__ = ("_index", "arrays", "names", "nodes", "sources", "sweeps", "tape")

    def __init__(self, arrays: bool = False) -> None:
        self.arrays = arrays
        self.nodes: list[Node] = []
        self.sources: list[int] = []
        self.names: dict[int, str] = {}
        self._index: dict[Node, int] = {}
        self.sweeps = 0
        self.tape: Any = None

    def put(self, node: Node, source: int = -1) -> int:
        """Return the index of the node, which is made unless an equal one is there."""
        nodes = self.nodes
        new = len(nodes)
        index = self._index.setdefault(node, new)
        if index == new:
            nodes.append(node)
            self.sources.append(source)
        return index

    def extend(self, steps: Iterable[tuple[Any, int | None, Any, int]], slots: list[int]) -> None:
        """Put steps, each a primitive, where its arguments are and a source, and add each one's index to the slots. The
        arguments are in two slots; or in one, and the second is None; or there are more, and the first is None and the second a
        list."""
        nodes, sources, known, keep = self.nodes, self.sources, self._index.setdefault, slots.append
        for head, a, b, source in steps:
            if a is None:
                node: Node = (head, *[slots[argument] for argument in b])
            elif b is None:
                node = (head, slots[a])
            else:
                node = (head, slots[a], slots[b])
            new = len(nodes)
            index = known(node, new)
            if index == new:
                nodes.append(node)
                sources.append(source)
            keep(index)

    def input(self, name: str, source: int = -1) -> int:
        """Return the input of that name."""
        return self.put((INPUT, name), source)

    def number(self, text: str, source: int = -1) -> int:
        """Return the constant of that decimal text."""
        return self.put((NUMBER, text), source)

    def arguments(self, index: int) -> tuple[int, ...]:
        """Return the indices of a node's arguments; none for a leaf."""
        head, *rest = self.nodes[index]
        return () if head in LEAVES else tuple(rest)

    def inputs(self) -> dict[str, int]:
        """Return the inputs by name, in the order in which they were made."""
        return {str(node[1]): index for index, node in enumerate(self.nodes) if node[0] is INPUT}

    def steps(self) -> list[int]:
        """Return the nodes that are computed: neither inputs nor constants."""
        return [index for index, node in enumerate(self.nodes) if node[0] not in LEAVES and len(node) > 1]

    def depends(self, sources: Iterable[int]) -> list[bool]:
        """Return a flag for each node: does it depend on any of these nodes?"""
        flags = [False] * len(self.nodes)  # a list is read faster than a bytearray
        for index in sources:
            flags[index] = True
        for index, node in enumerate(self.nodes):
            if len(node) == 3:
                _, a, b = node
                if flags[a] or flags[b]:
                    flags[index] = True
            elif len(node) == 2:
                head, a = node
                if head is not INPUT and head is not NUMBER and flags[a]:
                    flags[index] = True
            else:
                for argument in node[1:]:
                    if flags[argument]:
                        flags[index] = True
        return flags

    def leads_to(self, outputs: Iterable[int]) -> list[bool]:
        """Return a flag for each node: does any of these nodes need it?"""
        flags = [False] * len(self.nodes)
        for index in outputs:
            flags[index] = True
        for index in range(len(flags) - 1, -1, -1):
            if flags[index]:
                node = self.nodes[index]
                if len(node) == 3:
                    _, a, b = node
                    flags[a] = flags[b] = True
                elif node[0] is not INPUT and node[0] is not NUMBER:
                    for argument in node[1:]:
                        flags[argument] = True
        return flags

    def rearranged(self, order: Sequence[int]) -> tuple[Graph, dict[int, int]]:
        """Return a graph of these nodes in this order, and the new index of each old one.

        The order must be one in which the nodes can be computed; it names every node that they need, and each once.
        """
        graph, new, sources = Graph(self.arrays), dict[int, int](), self.sources
        put, keep = graph.nodes.append, graph.sources.append
        for index in order:
            node = self.nodes[index]
            if len(node) == 3:
                head, a, b = node
                node = (head, new[a], new[b])
            elif node[0] is not INPUT and node[0] is not NUMBER:
                node = (node[0], *[new[argument] for argument in node[1:]])
            new[index] = len(new)
            put(node)
            keep(sources[index])
        graph._index = dict(zip(graph.nodes, range(len(new))))
        graph.names = {new[index]: name for index, name in self.names.items() if index in new}
        return graph, new

    def part(self, output: int) -> tuple[Graph, int]:
        """Return a graph of what a node needs and nothing else, and the node's index there."""
        needed = self.leads_to([output])
        part, new = self.rearranged([index for index, flag in enumerate(needed) if flag])
        return part, new[output]
