"""Reading a graph into a collector: each node once, sums and products a whole chain at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from adcli.graph import INPUT, LEAVES, NUMBER, Graph
from adcli.rules.primitive import Primitive
from adcli.simplify.collect import Collector
from adcli.simplify.exact import exact
from adcli.simplify.parts import Sum
from adcli.simplify.rows import Row, expression, rows_by_head, shape

ADDITIVE, MULTIPLICATIVE = ("add", "sub", "neg"), ("mul", "div")


class Reading:
    """One graph on its way into a collector.

    ``spread`` are the nodes that are multiplied out where they stand in a product: the product rule's own sums. ``places``
    says where the nodes stand in a program, whose order its derivative is to keep.
    """

    def __init__(
        self,
        collector: Collector,
        graph: Graph,
        output: int,
        spread: Collection[int] = (),
        places: Mapping[int, int] | None = None,
    ) -> None:
        self.collector, self.graph, self.output = collector, graph, output
        self.spread, self.places = spread, places
        self.values: dict[int, int] = {}
        self.needed = graph.leads_to([output])
        self.parents: list[list[int]] = [[] for _ in graph.nodes]
        for index in range(len(graph.nodes)):
            if self.needed[index]:
                for argument in graph.arguments(index):
                    self.parents[argument].append(index)

    def read(self) -> int:
        """Read every node that the output needs, in order; return the output's node in the collector."""
        for index, node in enumerate(self.graph.nodes):
            if node[0] is INPUT:
                self.values[index] = self.collector.graph.input(str(node[1]))
        for index in range(len(self.graph.nodes)):
            if (
                self.needed[index]
                and not self._is_inside(index, ADDITIVE)
                and not self._is_inside(index, MULTIPLICATIVE)
            ):
                self.value(index)
        return self.value(self.output)

    def value(self, index: int) -> int:
        """Return the collector's node for a node whose arguments have been read, or are part of its chain."""
        if index not in self.values:
            value = self.values[index] = self._read(index)
            if self.places and self.graph.nodes[index][0] not in LEAVES:
                self.collector.measures.put_place(value, self.places[index])
        return self.values[index]

    def _is_inside(self, index: int, kinds: tuple[str, ...]) -> bool:
        """Say whether a node is an inner part of a chain of sums (of products), which is read at the chain's end."""
        head = self.graph.nodes[index][0]
        if head is INPUT or head is NUMBER or head.name not in kinds or len(self.parents[index]) != 1:
            return False
        parent, *arguments = self.graph.nodes[self.parents[index][0]]
        below = parent.name == "div" and arguments[1] == index  # a product of its own: x/(y/z) is not x*z/y at z = 0
        return parent.name in kinds and index != self.output and not below

    def _read(self, index: int) -> int:
        collector = self.collector
        head, *arguments = self.graph.nodes[index]
        if head is NUMBER:
            return collector.literal(str(arguments[0]))
        if not arguments:
            return collector.constant(head.name)
        rewritten = self.rewritten(index)
        if rewritten is not None:
            return rewritten
        if head.name in ADDITIVE and not (head.name == "neg" and not self._is_chain(arguments[0], ADDITIVE)):
            return collector.added(self._chain(index, ADDITIVE))
        if head.name in MULTIPLICATIVE:
            return self._product(index)
        return self._apply(head, [self.value(argument) for argument in arguments])

    def _is_chain(self, index: int, kinds: tuple[str, ...]) -> bool:
        return index not in self.values and self._is_inside(index, kinds)

    def _chain(self, index: int, kinds: tuple[str, ...]) -> list[tuple[int, int]]:
        """Return the parts of a chain of sums with their signs, or of products with their exponents, 1 or -1, as the
        collector's nodes."""
        return [(sign, self.value(part)) for part, sign in self._parts(index, kinds)]

    def _parts(self, index: int, kinds: tuple[str, ...]) -> list[tuple[int, int]]:
        parts, pending = [], [(index, 1)]
        while pending:
            node, sign = pending.pop()
            if node != index and (not self._is_chain(node, kinds) or self._put_rewritten(node)):
                parts.append((node, sign))
                continue
            head, *arguments = self.graph.nodes[node]
            last = -sign if head.name in ("sub", "neg", "div") else sign
            pending.append((arguments[-1], last))
            if len(arguments) == 2:
                pending.append((arguments[0], sign))
        return parts

    def _put_rewritten(self, index: int) -> bool:
        """Read a part of a chain by a row, if one fits; say whether one did."""
        rewritten = self.rewritten(index)
        if rewritten is not None:
            self.values[index] = rewritten
        return rewritten is not None

    def _product(self, index: int) -> int:
        """Read a chain of products; one sum of the product rule among its factors is multiplied out."""
        collector = self.collector
        parts = [(part, exponent, self.value(part)) for part, exponent in self._parts(index, MULTIPLICATIVE)]
        sums = [
            (place, collector.sums[value])
            for place, (part, exponent, value) in enumerate(parts)
            if part in self.spread and exponent > 0 and value in collector.sums and len(self.parents[part]) == 1
        ]
        if len(sums) != 1 or not self._is_to_be_spread(sums[0][1]):
            return collector.multiplied([(value, exponent) for _, exponent, value in parts])
        place, terms = sums[0]
        others = [(value, exponent) for at, (_, exponent, value) in enumerate(parts) if at != place]
        rest = collector.multiplied(others)
        return collector.added(
            [(1, collector.multiplied([(collector.put_sum([term]), 1), (rest, 1)])) for term in terms]
        )

    def _is_to_be_spread(self, terms: Sum) -> bool:
        """Say whether a sum of the product rule is short, and functions keep its terms apart: 2*x + 1 stays in brackets."""
        nodes = self.collector.graph.nodes
        apart = all(
            any(len(nodes[base]) > 1 and nodes[base][0] is not INPUT for base, _ in factors) for _, factors in terms
        )
        return apart and len(terms) <= 8

    def _apply(self, head: Primitive, arguments: list[int]) -> int:
        """Return the node of a primitive; an internal one as the ordinary expression that it is shown as."""
        if not head.shown:
            return self.collector.apply(head, arguments)
        return self.built(expression(head.shown), dict(zip(head.parameters, arguments)))

    def built(self, text: tuple[Graph, int], bindings: dict[str, int]) -> int:
        """Return the node of an expression whose names stand for nodes."""
        graph, output = text
        values: list[int] = []
        for head, *rest in graph.nodes:
            if head is INPUT:
                values.append(bindings[str(rest[0])])
            elif head is NUMBER:
                values.append(self.collector.literal(str(rest[0])))
            elif rest:
                values.append(self._apply(head, [values[argument] for argument in rest]))
            else:
                values.append(self.collector.constant(head.name))
        return values[output]

    # --- Rows ---

    def rewritten(self, index: int) -> int | None:
        """Return the node by which a row replaces a node, or None if no row fits."""
        nodes = self.graph.nodes
        head, *arguments = nodes[index]
        for row in rows_by_head().get(head, ()):
            if any(head is not None and nodes[node][0] is not head for head, node in zip(row.heads, arguments)):
                continue
            bindings = self.matched(row, index)
            if bindings is not None and (row.condition is None or self._is_given(row.condition, bindings)):
                return self.built(row.replacement, bindings)
        return None

    def _is_given(self, condition: tuple[Graph, int], bindings: dict[str, int]) -> bool:
        node = self.built(condition, bindings)
        return node in self.collector.given or bool(self.collector.number(node))

    def matched(self, row: Row, index: int) -> dict[str, int] | None:
        """Return what the names of a row's pattern stand for at a node, or None if the pattern does not fit."""
        graph, output = row.pattern
        found: list[tuple[str, str, int]] = []
        pending = [(output, index)]
        while pending:  # what the node is made of comes first: only where that fits is anything computed
            pattern, node = pending.pop()
            kind, text = shape(graph, pattern)
            if kind:
                if kind == "number" and self._is_chain(node, MULTIPLICATIVE):
                    return None
                found.append((kind, text, node))
                continue
            head, *arguments = graph.nodes[pattern]
            if self.graph.nodes[node][0] is not head:
                return None
            pending.extend(zip(reversed(arguments), reversed(self.graph.arguments(node))))
        bindings: dict[str, int] = {}
        for kind, text, node in found:
            value = self._bound(kind, text, self.value(node))
            if value is None or kind != "number" and bindings.setdefault(text, value) != value:
                return None
        return bindings

    def _bound(self, kind: str, text: str, value: int) -> int | None:
        """Return what a name of a pattern stands for, given the node in its place; None if that does not fit."""
        collector = self.collector
        if kind == "name":
            return value
        if kind == "number":
            number = collector.number(value)
            return value if number is not None and number.value == exact(text).value else None
        negative = collector.view(value).coefficient.value < 0
        return collector.multiplied([(collector.literal("-1"), 1), (value, 1)]) if negative else None
