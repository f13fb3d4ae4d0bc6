"""Spots: elements of the values of nodes, so that messages speak of numbers where there are arrays.

A program of arrays is walked backwards element by element as far as that goes: through elementwise rows, and through rows that
move elements about. What else an element is computed from are whole arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from adcli.graph import INPUT, Graph
from adcli.numbers.system import system_of
from adcli.rules import CONDITIONS, WHERE
from adcli.rules.arrays import KEEPING
from adcli.rules.primitive import Array, Primitive
from adcli.sweeps import pulled

Where = Any
"""The index of an element, () of a number; None stands for all of an array."""

Spot = tuple[int, Where]
"""A node and a place in its value."""

MOVES = KEEPING - {"sum", "mean", "fit", "trace"}
"""Rows whose elements are each an element of an argument, or a 0 of their own."""


def shape(value: Any) -> tuple[int, ...]:
    """Return the shape of a value, () of a number."""
    return tuple(getattr(value, "shape", ()))


def number(value: Any, place: Where) -> Any:
    """Return an element of a value, or all of it."""
    return value if place is None or isinstance(value, float) else float(value[place])


def first(mask: Any) -> tuple[int, ...]:
    """Return the place of the first element for which a mask holds."""
    return unravelled(int(mask.argmax()), shape(mask)) if shape(mask) else ()


def infinite(value: Any) -> Any:
    """Return a mask of what is not finite: a difference from itself that is not 0."""
    return value - value != 0.0


def sources(graph: Graph, values: Sequence[Any], index: int, place: Where) -> list[Spot]:
    """Return what an element of a node is computed from: of an elementwise row, an element of each argument."""
    head, arguments = graph.nodes[index][0], graph.arguments(index)
    whole = [(argument, None if shape(values[argument]) else ()) for argument in arguments]
    if place is None:
        return whole
    if not isinstance(head, Array):
        return [(argument, lent(place, shape(values[argument]))) for argument in arguments]
    if head.name not in MOVES:
        return whole
    system, count = system_of(graph), 1
    positions, starts = list[Any](), list[int]()
    for argument in arguments:  # elements that tell where they came from
        starts.append(count)
        positions.append(numbered(values[argument], count, system))
        count += getattr(values[argument], "size", 1)
    came = int(number(system.functions[head](*positions), place))
    for argument, start in zip(reversed(arguments), reversed(starts)):
        if came >= start:
            return [(argument, unravelled(came - start, shape(values[argument])))]
    return []


def numbered(value: Any, start: int, system: Any) -> Any:
    """Return an array of the shape of a value that counts its elements."""
    if not shape(value):
        return float(start)
    return system.by_name["arange"](start, start + value.size).reshape(value.shape)


def unravelled(at: int, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the index of the element of a number, counted from 0."""
    found: list[int] = []
    for size in reversed(sizes):
        at, rest = divmod(at, size)
        found.insert(0, rest)
    return tuple(found)


def lent(place: tuple[int, ...], sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the place of the element that broadcasting put into a place."""
    behind = place[len(place) - len(sizes) :]
    return tuple(0 if size == 1 else k for k, size in zip(behind, sizes))


def near_inputs(graph: Graph, values: Sequence[Any], index: int, place: Where) -> list[Spot]:
    """Return the inputs, or elements of them, that an element of a node needs, as far as a message has room for them."""
    found: list[Spot] = []
    seen, pending = {(index, place)}, [(index, place)]
    while pending and len(found) <= 4 and len(seen) < 1_000:
        node, spot = pending.pop()
        if graph.nodes[node][0] is INPUT:
            found.append((node, spot))
        for source in reversed(sources(graph, values, node, spot)):
            if source not in seen:
                seen.add(source)
                pending.append(source)
    return found


def flows(graph: Graph, outputs: Iterable[int], values: Sequence[Any]) -> dict[int, Any]:
    """Return the nodes through which a derivative flows at the point, and the conditions that decide about its way, each with
    a mask of the elements in question (True for all): nothing below a branch not taken, nor below a step whose derivative
    is 0."""
    masks: dict[int, Any] = dict.fromkeys(outputs, True)
    system = system_of(graph)
    for index in range(max(masks), -1, -1):
        mask, head = masks.get(index), graph.nodes[index][0]
        if mask is None or not isinstance(head, Primitive):
            continue
        arguments = graph.arguments(index)
        operands = [values[argument] for argument in arguments]
        for k, argument in enumerate(arguments):
            here = handed(head, k, mask, operands, values[index], system)
            if here is not None:
                masks[argument] = here if argument not in masks else masks[argument] | here
    return masks


def handed(head: Primitive, k: int, mask: Any, operands: Sequence[Any], r: Any, system: Any) -> Any:
    """Return the mask that an argument gets of that of a node; None where no derivative goes."""
    if isinstance(head, Array):
        if head.pullbacks[k] is None and head.differential[k] is None:
            return None
        if mask is True or head.name not in KEEPING:
            return True
        from adcli.numbers.arrays import plain  # there are arrays

        mask = plain(pulled(head, k, mask * 1.0, operands, r, system)) != 0.0
    elif head is WHERE and k > 0:
        holds = (operands[0] != 0.0) == (k == 1)
        mask = mask & holds
    elif head is not WHERE and head not in CONDITIONS and head.partials[k] == "0":
        return None
    if mask is True:
        return True
    if shape(mask) != shape(operands[k]):
        mask = system.by_name["fit"](system.by_name["wide"](mask * 1.0, r), operands[k]) != 0.0
    return mask if any_of(mask) else None


def any_of(mask: Any) -> bool:
    """Say whether a mask holds anywhere."""
    return bool(mask.any()) if shape(mask) else bool(mask)
