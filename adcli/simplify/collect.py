"""Collecting: sums and products with exact coefficients.

A product is a coefficient and factors, bases with whole exponents; a sum is terms, coefficients and what they multiply. The
collector builds the nodes of a formula so that like factors are one power and like terms one term, and keeps for each node
what it was built from, so that nothing is taken apart again.

What may be merged (the rule that the whole of simplify keeps): wherever the function differentiated is defined, and every
step of its derivative too, the result has the same value; where the function is defined and its derivative is not, the
result has no value either. So x/x stays, unless x is known not to be 0 wherever the function is defined (facts.py);
sqrt(x)^2, exp(ln(x)) and x^(1/2)*x^(1/2) stay, since they have no value at -1; a term whose coefficients add up to 0 goes if
what it multiplies always has a value there, and otherwise stays as 0/sqrt(x). Overflow and rounding are not considered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adcli.graph import Graph
from adcli.rules import CONSTANTS, TABLE, row
from adcli.rules.primitive import Primitive
from adcli.simplify.decide import decide
from adcli.simplify.exact import MINUS_ONE, ONE, ZERO, Exact, exact, kept
from adcli.simplify.gather import expanded, gathered
from adcli.simplify.measure import Measures
from adcli.simplify.parts import Factors, Product, Root, Sum
from adcli.simplify.write import Writer

SHORT = 16
"""A shared sum or product of up to this many parts is taken up into another one part by part."""

SQUARED = {TABLE["abs"], TABLE["sqrt"]}
NEVER_ZERO = {TABLE[name] for name in ("exp", "exp2", "cosh", "sech", "sigmoid", "pi", "e", "tau", "deg")}


class Collector:
    """Builds the nodes of a formula in ``graph``.

    ``nonzero`` are nodes known not to be 0, ``given`` conditions known to hold, wherever the function differentiated is
    defined; they are told from outside.
    """

    def __init__(self) -> None:
        self.graph = Graph()
        self.products: dict[int, Product] = {}
        self.sums: dict[int, Sum] = {}
        self.roots: dict[int, Root] = {}
        self.nonzero: set[int] = set()
        self.given: set[int] = set()
        self.writer = Writer(self.graph, self.roots)
        self.measures = Measures(self)
        self._same: dict[frozenset[Product], int] = {}

    # --- Looking at nodes ---

    def view(self, node: int) -> Product:
        """Return a node as a product; one that is none is its own only factor."""
        return self.products.get(node) or Product(ONE, ((node, 1),))

    def number(self, node: int) -> Exact | None:
        """Return the number that a node is, or None."""
        product = self.products.get(node)
        return product.coefficient if product is not None and not product.factors else None

    def is_nonzero(self, base: int) -> bool:
        """Say whether a node is known not to be 0."""
        return base in self.nonzero or self.graph.nodes[base][0] in NEVER_ZERO

    # --- Leaves ---

    def literal(self, text: str) -> int:
        """Return the node of a literal."""
        if text.lstrip("-") in ("inf", "nan"):
            return (
                self.apply(TABLE["neg"], [self.graph.put((TABLE["inf"],))]) if text[0] == "-" else self.constant(text)
            )
        return self.product(exact(text), ())

    def constant(self, name: str) -> int:
        """Return the node of a constant."""
        return self.graph.put((TABLE[name],)) if name in CONSTANTS else self.graph.number(name)

    # --- Products ---

    def product(self, coefficient: Exact, parts: Iterable[tuple[int, int]]) -> int:
        """Return the node of coefficient * base^exponent * ..., like bases merged."""
        up: dict[int, int] = {}
        down: dict[int, int] = {}
        for base, exponent in parts:
            side = up if exponent > 0 else down
            side[base] = side.get(base, 0) + abs(exponent)
        for side in (up, down):
            for base in list(side):
                if side[base] > 1 and self.graph.nodes[base][0] in SQUARED:
                    coefficient = self._square(coefficient, side, base, 1 if side is up else -1)
        for base in up.keys() & down.keys():
            if up[base] < down[base] or self.is_nonzero(base):
                common = min(up[base], down[base])
                for side in (up, down):
                    side[base] -= common
        factors = [(base, exponent) for base, exponent in up.items() if exponent]
        factors += [(base, -exponent) for base, exponent in down.items() if exponent]
        if not coefficient and self.measures.has_value(factors):
            factors = []
        return self._put_product(Product(coefficient, self.measures.ordered(factors)))

    def multiplied(self, parts: Sequence[tuple[int, int]]) -> int:
        """Return the node of the product of nodes to the power 1 or -1."""
        coefficient, factors = ONE, list[tuple[int, int]]()
        for node, exponent in parts:
            number, inner = self.view(node)
            if len(inner) > SHORT or exponent < 0 and not self._invertible(number, inner):
                number, inner = ONE, ((node, 1),)
            coefficient = coefficient.times(number if exponent > 0 else number.raised(-1))
            factors += inner if exponent > 0 else ((base, -power) for base, power in inner)
        return self.product(coefficient, factors)

    def _invertible(self, number: Exact, factors: Factors) -> bool:
        """Say whether 1/product may be written factor by factor: 1/(1/x) is not x at 0."""
        return bool(number) and all(exponent > 0 or self.is_nonzero(base) for base, exponent in factors)

    def _put_product(self, product: Product) -> int:
        """Return the node of a product whose factors are merged and ordered."""
        coefficient, factors = product
        if factors and coefficient in (ONE, MINUS_ONE):
            ((base, exponent), *others) = factors
            if not others and exponent == 1:
                if coefficient == ONE:
                    return base
                if base in self.sums:
                    return self.put_sum([term.negated() for term in self.sums[base]])
        node = self.writer.product(product)
        self.products[node] = product
        return node

    def _square(self, coefficient: Exact, side: dict[int, int], base: int, sign: int) -> Exact:
        """Write the even part of a power of abs(x) as one of x, and of the root of a constant as one of the constant; return
        the coefficient."""
        head, inner = self.graph.nodes[base]
        pairs, single = divmod(side[base], 2)
        power = 2 * pairs if head.name == "abs" else pairs
        number, factors = self.view(inner)
        constant = number.value > 0 and all(len(self.graph.nodes[factor]) == 1 for factor, _ in factors)
        fits = number.can_be_raised(sign * power) and all(exponent > 0 for _, exponent in factors)
        if not fits or head.name == "sqrt" and not constant:
            return coefficient
        side[base] = single
        for factor, exponent in factors:
            side[factor] = side.get(factor, 0) + exponent * power
        return coefficient.times(number.raised(sign * power))

    # --- Powers ---

    def power(self, base: int, exponent: int) -> int:
        """Return the node of base^exponent, two nodes."""
        number = self.number(exponent)
        if number is None:
            return self.graph.put((TABLE["pow"], base, exponent))
        if number.whole is not None:
            return self._whole_power(base, exponent, number.whole)
        order = number.value.denominator
        unit = self.product(Exact(kept(ONE.value / order, False).value, number.decimal), ())
        root = self.graph.put((TABLE["pow"], base, unit))
        self.roots[root] = Root(base, order, number.decimal)
        return self.product(ONE, [(root, number.value.numerator)])

    def _whole_power(self, base: int, exponent: int, whole: int) -> int:
        if whole == 0:
            return self.literal("1")  # IEEE has 0^0 = 1, and nan^0 too
        coefficient, factors = self.view(base)
        fits = coefficient.can_be_raised(whole) and (whole > 0 or self._invertible(coefficient, factors))
        if not fits or len(factors) > SHORT:
            return self.product(ONE, [(base, whole)]) if factors else self.graph.put((TABLE["pow"], base, exponent))
        return self.product(coefficient.raised(whole), [(inner, power * whole) for inner, power in factors])

    # --- Sums ---

    def added(self, parts: Iterable[tuple[int, int]]) -> int:
        """Return the node of the sum of nodes with the sign 1 or -1."""
        terms: list[Product] = []
        for sign, node in parts:
            inner = self.sums.get(node)
            if inner is None or len(inner) > SHORT:
                inner = (self.view(node),)
            terms += inner if sign > 0 else (term.negated() for term in inner)
        return self.sum(terms)

    def sum(self, terms: Iterable[Product]) -> int:
        """Return the node of a sum, like terms merged where the first of them stands."""
        merged = self.merged(terms)
        return self.put_sum(gathered(self, expanded(self, merged)) if 1 < len(merged) <= SHORT else merged)

    def merged(self, terms: Iterable[Product]) -> list[Product]:
        """Return the terms with like ones merged, and without those that have become 0."""
        found: dict[Factors, Exact] = {}
        for number, factors in terms:
            before = found.get(factors)
            found[factors] = number if before is None else before.plus(number)
        return [
            Product(number, factors)
            for factors, number in found.items()
            if number or not self.measures.has_value(factors)
        ]

    def put_sum(self, terms: Sequence[Product]) -> int:
        """Return the node of a sum whose terms are merged. Sums that differ in order alone are one node."""
        if len(terms) < 2:
            return self._put_product(terms[0] if terms else Product(ZERO, ()))
        key = frozenset(terms)
        if key in self._same:
            return self._same[key]
        node = self._put_product(terms[0])
        for term in terms[1:]:
            minus = term.coefficient.value < 0
            other = self._put_product(term.negated() if minus else term)
            node = self.graph.put((TABLE["sub" if minus else "add"], node, other))
        self.sums[node] = tuple(terms)
        self._same[key] = node
        return node

    # --- Everything else ---

    def apply(self, head: Primitive, arguments: Sequence[int]) -> int:
        """Return the node of a primitive of these nodes."""
        if head.name == "neg":
            return self.multiplied([(self.literal("-1"), 1), (arguments[0], 1)])
        if head.name in ("mul", "div"):
            return self.multiplied([(arguments[0], 1), (arguments[1], 1 if head.name == "mul" else -1)])
        if head.name in ("add", "sub"):
            return self.added([(1, arguments[0]), (1 if head.name == "add" else -1, arguments[1])])
        if head.name == "pow":
            return self.power(*arguments)
        if head.name == "hypot":
            arguments = sorted(arguments)  # the same whichever side comes first
        decided = decide(self, head, arguments)
        return self.graph.put((row(head.name, len(arguments)), *arguments)) if decided is None else decided
