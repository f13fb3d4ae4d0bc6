"""What the collector asks about nodes: which factor comes first, and whether a node always has a value."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import TYPE_CHECKING, Any

from adcli.graph import INPUT, NUMBER
from adcli.rules import TABLE

if TYPE_CHECKING:
    from adcli.simplify.collect import Collector
    from adcli.simplify.parts import Factors

CONSTANT, NAME, SUM, POWER, FUNCTION = range(5)
"""The order of factors; number first, before all of these."""

CLOSED = {TABLE[name] for name in ("add", "sub", "mul", "neg")}


class Measures:
    """For each node of a formula: where it comes among the factors of a product, and whether it has a finite value wherever
    the function differentiated is defined.

    ``defined`` are the function's own nodes, which have one. ``place`` says of the functions that the program itself has
    where they stand in it; one that only the derivative has goes behind the first with the same arguments.
    """

    def __init__(self, collector: Collector) -> None:
        self.collector = collector
        self.total: list[bool] = []
        self.defined: set[int] = set()
        self.place: dict[int, float] = {}
        self._kin: dict[tuple[int, ...], float] = {}

    def know(self, defined: Iterable[int]) -> None:
        """Take in which nodes are the function's own."""
        self.defined |= set(defined)
        self.total.clear()

    def put_place(self, node: int, place: int) -> None:
        """Note where a node stands in the program."""
        self.place.setdefault(node, place)
        kin = self.collector.graph.arguments(node)
        if kin:
            self._kin[kin] = min(place + 0.5, self._kin.get(kin, inf))

    def has_value(self, factors: Iterable[tuple[int, int]]) -> bool:
        """Say whether a product has a value wherever the function differentiated is defined."""
        nodes = self.collector.graph.nodes
        for index in range(len(self.total), len(nodes)):
            head, *arguments = nodes[index]
            leaf = head is INPUT or head is NUMBER
            self.total.append(leaf or index in self.defined or self._total(head, arguments))
        return all(self.total[base] and (exponent > 0 or self.collector.is_nonzero(base)) for base, exponent in factors)

    def _total(self, head: Any, arguments: list[int]) -> bool:
        """Say whether an operation always has a value, if its arguments have one."""
        if not all(self.total[argument] for argument in arguments):
            return False
        if head.name == "div":
            _, factors = self.collector.view(arguments[1])
            return all(self.collector.is_nonzero(base) for base, _ in factors)
        if head.name == "pow":
            number = self.collector.graph.nodes[arguments[1]]
            return number[0] is NUMBER and str(number[1]).isdigit()
        return head.name != "inf" and (head in CLOSED or not head.domain)

    def ordered(self, factors: list[tuple[int, int]]) -> Factors:
        """Return factors as a person orders them: constants, names, sums, powers of things with names above, functions."""
        if len(factors) > 1:
            factors.sort(key=self._key)
        return tuple(factors)

    def _key(self, factor: tuple[int, int]) -> tuple[float, ...]:
        base, exponent = factor
        collector = self.collector
        inner = collector.roots[base].base if base in collector.roots else base
        head = collector.graph.nodes[inner][0]
        if head is INPUT:
            return NAME, inner, base, -exponent
        if inner in collector.sums:
            kind = SUM
        elif head is NUMBER or self._is_constant(inner):
            kind = CONSTANT
        else:
            kind = POWER if head.name == "pow" else FUNCTION
        place = self.place.get(inner)
        if place is None:
            place = self._kin.get(collector.graph.arguments(inner), inf)
        return kind, place, base, -exponent

    def _is_constant(self, node: int) -> bool:
        """Say whether a node is a constant with a name, or the root or a power of one or of a number."""
        nodes = self.collector.graph.nodes
        head, *arguments = nodes[node]
        return (
            not arguments
            or head.name in ("sqrt", "pow")
            and all(nodes[argument][0] is NUMBER or len(nodes[argument]) == 1 for argument in arguments)
        )
