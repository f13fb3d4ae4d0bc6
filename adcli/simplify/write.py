"""Writing products down as nodes: 3*x^2*sin(x)/(2*y)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from adcli.graph import Graph
from adcli.rules import TABLE
from adcli.simplify.exact import Exact
from adcli.simplify.parts import Product, Root


class Writer:
    """Puts the nodes of products into a graph; ``roots`` are the bases that stand for powers with a broken exponent."""

    def __init__(self, graph: Graph, roots: Mapping[int, Root]) -> None:
        self.graph, self.roots = graph, roots

    def product(self, product: Product) -> int:
        """Write a product down: a sign, what stands above the fraction bar, and what stands below."""
        coefficient, factors = product
        negative = coefficient.value < 0
        above_text, below_text = (coefficient.negated() if negative else coefficient).parts()
        above = [self._power(base, exponent) for base, exponent in factors if exponent > 0]
        below = [self._power(base, -exponent) for base, exponent in factors if exponent < 0]
        if above_text != "1" or not above:
            above.insert(0, self._number(("-" if negative else "") + above_text))
        elif negative:
            above[0] = self.graph.put((TABLE["neg"], above[0]))
        if below_text != "1":
            below.insert(0, self._number(below_text))
        node = self._chain(above)
        return self.graph.put((TABLE["div"], node, self._chain(below))) if below else node

    def _chain(self, factors: list[int]) -> int:
        node = factors[0]
        for factor in factors[1:]:
            node = self.graph.put((TABLE["mul"], node, factor))
        return node

    def _number(self, text: str) -> int:
        """Return the node of a number's text; one beyond all doubles is infinite."""
        if text.endswith("inf"):
            infinite = self.graph.put((TABLE["inf"],))
            return self.graph.put((TABLE["neg"], infinite)) if text[0] == "-" else infinite
        return self.graph.number(text)

    def _power(self, base: int, exponent: int) -> int:
        """Write a base to a positive whole power."""
        root = self.roots.get(base)
        if root is not None and exponent % root.order:
            base, number = root.base, self.product(Product(root.exponent(exponent), ()))
        elif exponent == 1:
            return base
        else:
            number = self._number(Exact(Fraction(exponent)).parts()[0])
        return self.graph.put((TABLE["pow"], base, number))
