"""Deciding what can be decided: conditions on numbers, a choice by one, the sign of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adcli.graph import INPUT, NUMBER
from adcli.rules import TABLE, WHERE
from adcli.rules.primitive import COMPARISON, Primitive

if TYPE_CHECKING:
    from adcli.simplify.collect import Collector

NOT = TABLE["not"]


def decide(collector: Collector, head: Primitive, arguments: Sequence[int]) -> int | None:
    """Return what a condition on numbers, a choice by one, or the sign of one is; None if it is open."""
    numbers = [collector.number(argument) for argument in arguments]
    first = numbers[0] if numbers else None
    if head is WHERE:
        if first is not None:
            return arguments[1 if first else 2]
        condition, here, there = arguments
        opposite = collector.graph.nodes[condition][0] is NOT
        return collector.graph.put((WHERE, collector.graph.nodes[condition][1], there, here)) if opposite else None
    if head.name in ("and", "or"):
        if any(number is not None and bool(number) == (head.name == "or") for number in numbers):
            return collector.literal("1" if head.name == "or" else "0")
        conditions = [node for node, number in zip(arguments, numbers) if number is None]
        if not conditions:
            return collector.literal("0" if head.name == "or" else "1")
        return conditions[0] if len(conditions) == 1 and is_condition(collector, conditions[0]) else None
    if head.name == "not" and first is not None:
        return collector.literal("0" if first else "1")
    if head.strength == COMPARISON and None not in numbers:
        x, y = (number.value for number in numbers if number is not None)
        results = {"lt": x < y, "le": x <= y, "gt": x > y, "ge": x >= y, "eq": x == y, "ne": x != y}
        return collector.literal(str(int(results[head.name])))
    if first is not None and head.name in ("sign", "step", "abs"):
        size = (first.value > 0) - (first.value < 0)
        texts = {"sign": str(size), "step": ("0", "0.5", "1")[size + 1]}
        return (
            collector.literal(texts[head.name])
            if head.name in texts
            else collector.product(first.negated() if size < 0 else first, ())
        )
    return None


def is_condition(collector: Collector, node: int) -> bool:
    """Say whether a node can only be 0 or 1."""
    head = collector.graph.nodes[node][0]
    return (
        head is not INPUT and head is not NUMBER and (head.strength == COMPARISON or head.name in ("and", "or", "not"))
    )
