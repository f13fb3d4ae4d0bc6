"""The order in which a program writes its names and its functions, which its derivative keeps."""

from __future__ import annotations

from heapq import heappop, heappush

from adcli.graph import INPUT, LEAVES, Graph

MANY = 4
"""Of a longer product so many names are looked at."""


def names_in_order(graph: Graph) -> list[str]:
    """Return the inputs in order of appearance, but one that stands left of another in a product comes before it:
    in v*t - g*t^2/2 g comes before t."""
    inputs = list(graph.inputs())
    before: dict[str, set[str]] = {name: set() for name in inputs}
    factors: list[tuple[str, ...]] = []
    for head, *arguments in graph.nodes:
        found: tuple[str, ...] = ()
        if head is INPUT:
            found = (str(arguments[0]),)
        elif head not in LEAVES and head.name in ("mul", "pow", "div", "neg"):
            found = factors[arguments[0]]
            if head.name == "mul":
                for name in factors[arguments[1]]:
                    before[name].update(found)
                found = (*found, *factors[arguments[1]])[:MANY]
        factors.append(found)
    return _sorted(inputs, before)


def _sorted(names: list[str], before: dict[str, set[str]]) -> list[str]:
    """Return names in their order, but each behind those that are to come before it; a circle is broken at its first."""
    number = {name: index for index, name in enumerate(names)}
    behind: dict[str, list[str]] = {name: [] for name in names}
    blocked = {name: len(others - {name}) for name, others in before.items()}
    for name, others in before.items():
        for other in others - {name}:
            behind[other].append(name)
    ready = [number[name] for name in names if not blocked[name]]
    order: dict[str, None] = {}
    circles = iter(names)
    while len(order) < len(names):
        name = names[heappop(ready)] if ready else next(circles)
        if name not in order:
            order[name] = None
            for other in behind[name]:
                blocked[other] -= 1
                if not blocked[other]:
                    heappush(ready, number[other])
    return list(order)


def places(graph: Graph, output: int) -> dict[int, int]:
    """Return where each node first stands in the expression of a node, as it is written."""
    found: dict[int, int] = {}
    pending = [output]
    while pending:
        index = pending.pop()
        if index not in found:
            found[index] = len(found)
            pending.extend(reversed(graph.arguments(index)))
    return found
