"""What calls of array functions and indexing make: nodes of the rows of arrays, or what is known without one."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from adcli.errors import plural
from adcli.language.misfit import array_of
from adcli.rules import TABLE
from adcli.rules.arrays import of

if TYPE_CHECKING:
    from adcli.language.machine import Machine

ALONG = ("sum", "mean", "max", "min", "norm", "logsumexp", "softmax", "prod", "var")
"""Functions of one array, and perhaps an axis."""

PLAIN = {
    "T": 1,
    "transpose": 1,
    "trace": 1,
    "det": 1,
    "logdet": 1,
    "inv": 1,
    "cholesky": 1,
    "solve": 2,
    "dot": 2,
    "outer": 2,
}
"""Functions of so many arrays."""

CALLED = {"transpose": "T", "dot": "matmul"}

MADE = ("zeros", "ones", "eye", "arange", "linspace")
"""Functions that make an array of whole numbers."""


def array_call(machine: Machine, name: str, arguments: Sequence[int], keywords: Sequence[str], at: int) -> int:
    """Return the node of a call of an array function; raise Fault for a wrong number of arguments."""
    put, count = machine.graph.put, len(arguments)
    if machine.internal:
        return of_rule(machine, name, arguments, at)
    if keywords and (tuple(keywords) != ("axis",) or name not in (*ALONG, "concat")):
        raise machine.fault("named_argument", at, name=name)
    if name in PLAIN:
        expect(machine, name, count, (PLAIN[name],), at)
        return put((of(CALLED.get(name, name)), *arguments), at)
    if name in ALONG:
        expect(machine, name, count, (1, 2), at)
        axis = tuple(machine.whole(argument, at) for argument in arguments[1:])
        return along(machine, name, arguments[0], axis, at)
    if name in ("len", "shape"):
        expect(machine, name, count, (1,), at)
        sizes = [machine.graph.number(str(size), at) for size in machine.size_of(arguments[0])]
        if name == "shape":  # that of a number has no elements
            return put((of("array", len(sizes)), *sizes) if sizes else (of("zeros", 0),), at)
        if not sizes:
            raise machine.fault("no_length", at)
        return sizes[0]
    if name == "concat":
        *parts, last = arguments
        along_axis = machine.whole(last, at) if keywords else 0
        parts = parts if keywords else [*parts, last]
        return put((of("concat", along_axis, len(parts)), *parts), at)
    if name == "reshape":
        expect(machine, name, count, range(2, 9), at)
        return put((of("reshape", *(machine.whole(size, at) for size in arguments[1:])), arguments[0]), at)
    return made(machine, name, arguments, at)


def of_rule(machine: Machine, name: str, arguments: Sequence[int], at: int) -> int:
    """Return the node of a call in a rule: what comes behind the arrays belongs to the row."""
    arrays = len(of(name).parameters)
    static = (int(float(machine.graph.nodes[node][1])) for node in arguments[arrays:])
    return machine.graph.put((of(name, *static), *arguments[:arrays]), at)


def expect(machine: Machine, name: str, count: int, counts: Any, at: int) -> None:
    """Refuse a wrong number of arguments."""
    if count not in counts:
        wanted = " or ".join(str(number) for number in counts if number < 4)
        raise machine.fault("arity", at, name=name, wanted=f"{wanted} argument{'s' * (wanted != '1')}", got=count)


def along(machine: Machine, name: str, x: int, axis: tuple[int, ...], at: int) -> int:
    """Return the node of a reduction of an array."""
    put = machine.graph.put
    if name == "var":  # the mean square of the distances from the mean
        mean = put((of("spread", *axis), along(machine, "mean", x, axis, at), x), at)
        distance = put((TABLE["sub"], x, mean), at)
        return along(machine, "mean", put((TABLE["pow"], distance, machine.graph.number("2", at)), at), axis, at)
    if name != "prod":
        return put((of(name, *axis), x), at)
    # One factor after the other: the product rule then needs no division, and a factor may be 0.
    shape = machine.size_of(x)
    if axis and not -len(shape) <= axis[0] < len(shape):
        raise machine.fault("no_axis", at, axis=axis[0], array=array_of(shape))
    if axis:
        before: tuple[Any, ...] = ((None, None, None),) * (axis[0] % len(shape))
        keys: list[tuple[Any, ...]] = [(*before, k) for k in range(shape[axis[0]])]
    else:
        keys = [()]
        for size in shape:
            keys = [(*key, k) for key in keys for k in range(size)]
    total: int | None = None
    for key in keys:
        factor = put((of("index", *key), x), at) if key else x
        total = factor if total is None else put((TABLE["mul"], total, factor), at)
    return machine.graph.number("1", at) if total is None else total


def made(machine: Machine, name: str, arguments: Sequence[int], at: int) -> int:
    """Return the node of an array that is made of numbers."""
    put, count = machine.graph.put, len(arguments)
    if name == "linspace":
        expect(machine, name, count, (3,), at)
        first, last, number = arguments
        size = machine.whole(number, at)
        machine.work(max(size, 0), at)
        grid = put((of("grid", size),), at)
        step = put((TABLE["sub"], last, first), at)
        return put((TABLE["add"], first, put((TABLE["mul"], step, grid), at)), at)
    expect(machine, name, count, (1, 2, 3) if name == "arange" else (1, 2), at)
    sizes = [machine.whole(argument, at) for argument in arguments]
    machine.work(elements(name, sizes), at)
    return put((of(name, *sizes),), at)


def elements(name: str, sizes: list[int]) -> int:
    """Return how many elements an array of these sizes has."""
    if name == "arange":
        if 0 in sizes[2:]:
            return 0
        ends = range(*sizes)  # which may be too long for len
        return max(0, -((ends.start - ends.stop) // ends.step))
    if name == "eye" and len(sizes) == 1:
        sizes = sizes * 2
    return prod(max(size, 0) for size in sizes)


def indexed(machine: Machine, items: Sequence[str], stack: list[int], at: int) -> int:
    """Return the node of an indexing; what it is of and the values of its items are on the stack."""
    values = [machine.whole(stack.pop(), at) for _ in range("".join(items).count("x"))]
    x = stack.pop()
    key: list[Any] = []
    for item in items:
        if item == "x":
            key.append(values.pop())
        else:
            ends = [values.pop() if part else None for part in item.split(":")]
            key.append((*ends, *(None,) * (3 - len(ends))))
    shape = machine.size_of(x)
    if not shape:
        span = machine.syntax.extent(machine.graph.sources[x])
        raise machine.fault("number_indexed", at, text=machine.syntax.text[slice(*span)])
    if len(key) > len(shape):
        raise machine.fault("indices", at, count=plural(len(key), "index", "indices"), array=array_of(tuple(shape)))
    for k, size in zip(key, shape):
        if not isinstance(k, tuple) and not -size <= k < size:
            raise machine.fault("index_outside", at, index=k, size=size)
    if machine.is_array(x) and len(key) == 1 and not isinstance(key[0], tuple):
        element: int = machine.graph.arguments(x)[key[0]]
        return element  # of an array that is written out
    return machine.graph.put((of("index", *key), x), at)
