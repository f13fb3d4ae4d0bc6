"""Sums that get simpler when they are multiplied out or brought together: 1/(x + 1) - x/(x + 1)^2 is 1/(x + 1)^2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adcli.simplify.exact import ONE
from adcli.simplify.parts import Factors, Product

if TYPE_CHECKING:
    from adcli.simplify.collect import Collector

SIZES = range(2, 7)
"""Sums of so many terms are multiplied out to see whether the whole gets simpler."""


def gathered(collector: Collector, terms: list[Product]) -> list[Product]:
    """Return the terms, those that have different powers of one sum below the bar made one quotient, if the sum above the bar
    has no more terms than stood above the bars before."""
    powers: dict[int, set[int]] = {}
    for _, factors in terms:
        for base, exponent in factors:
            if exponent < 0 and len(collector.sums.get(base, ())) in SIZES:
                powers.setdefault(base, set()).add(-exponent)
    for base, exponents in powers.items():
        if len(exponents) > 1 and max(exponents) - min(exponents) <= 2:
            one = _over(collector, terms, base, max(exponents))
            if one is not None:
                return one
    return terms


def expanded(collector: Collector, terms: list[Product]) -> list[Product]:
    """Return the terms, numbers times sums among them multiplied out if like terms meet then: 2*(x + 2) + 4*x is 6*x + 4."""
    parts: list[Product] = []
    for number, factors in terms:
        inner = collector.sums.get(factors[0][0], ()) if len(factors) == 1 and factors[0][1] == 1 else ()
        if len(inner) in SIZES:
            parts += (Product(number.times(part.coefficient), part.factors) for part in inner)
        else:
            parts.append(Product(number, factors))
    if len(parts) == len(terms):
        return terms
    merged = collector.merged(parts)
    return merged if len(merged) < len(parts) else terms


def _over(collector: Collector, terms: list[Product], base: int, power: int) -> list[Product] | None:
    """Return the terms with those over ``base`` brought over base^power and merged; None if that is no simpler."""
    above: list[Product] = []
    place, count = -1, 0
    for index, (number, factors) in enumerate(terms):
        here = -min((exponent for inner, exponent in factors if inner == base), default=0)
        if here <= 0:
            continue
        place = index if place < 0 else place
        sums = [inner for inner, exponent in factors if exponent == 1 and len(collector.sums.get(inner, ())) in SIZES]
        count += len(collector.sums[sums[0]]) if sums else 1
        spread = {(base, -here), *((inner, 1) for inner in sums[:1])}
        expanded = [Product(number, tuple(factor for factor in factors if factor not in spread))]
        for other in [*sums[:1], *[base] * (power - here)]:
            expanded = [_times(collector, term, part) for term in expanded for part in collector.sums[other]]
        above += expanded
    merged = collector.merged(above)
    if len(merged) > count or not merged or any(not number for number, _ in merged):
        return None
    if merged[0].coefficient.value < 0:
        merged.sort(key=lambda term: term.coefficient.value < 0)
    numerator = collector.put_sum(merged)
    whole = collector.view(collector.multiplied([(numerator, 1), (collector.product(ONE, [(base, power)]), -1)]))
    rest = [whole if index == place else term for index, term in enumerate(terms)]
    return [term for index, term in enumerate(rest) if index == place or not _has(term.factors, base)]


def _has(factors: Factors, base: int) -> bool:
    return any(inner == base and exponent < 0 for inner, exponent in factors)


def _times(collector: Collector, term: Product, other: Product) -> Product:
    """Return the product of two terms."""
    return collector.view(collector.product(term.coefficient.times(other.coefficient), (*term.factors, *other.factors)))
