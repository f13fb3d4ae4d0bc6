"""A program of arrays written out: one of numbers, with an input and a result for each element.

What must know more of a function than its derivative is done on numbers: differences and the complex step, rounding errors,
Taylor series, one-sided derivatives. A program of numbers stands for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isqrt
from typing import Any

from adcli.errors import Fault
from adcli.graph import Graph
from adcli.language import Program
from adcli.language.reading import result_name
from adcli.numbers.system import FLOATS
from adcli.spots import Spot, shape, unravelled
from adcli.sweeps import evaluate, evaluate_one

MOST = 1_000_000
"""How many operations may be written out."""

CUBIC = {"solve": 3, "inv": 3, "det": 3, "logdet": 3, "cholesky": 3, "cofactor": 5, "minor": 6}
"""Rows that take so high a power of the size of their matrix."""

BILINEAR = ("matmul", "left", "right", "outer")


class Written:
    """A program of numbers and what it was made of.

    source    the program of arrays
    at        the point: ``A[0, 1]`` has the value of that element
    elements  for each input of the program of arrays, the name of the input that it is here; of an array, an array of names
    nodes     for each node of the program of arrays, the one that it is here; of an array, an array of nodes
    origins   for each node here, the node of the program of arrays that it was made for
    """

    def __init__(
        self,
        source: Program,
        program: Program,
        at: dict[str, float],
        elements: dict[str, Any],
        nodes: Sequence[Any],
        origins: Sequence[int],
    ) -> None:
        self.source, self.program, self.at = source, program, at
        self.elements, self.nodes, self.origins = elements, nodes, origins

    def values(self) -> list[float]:
        """Return the value of every node of the program of numbers."""
        return evaluate(self.program.graph, self.at, FLOATS)

    def spot(self, node: int) -> Spot:
        """Return the node of the program of arrays that a node was made for, and the place in its value if it is an element."""
        origin = self.origins[node]
        elements = flat(self.nodes[origin])
        at = elements.index(node) if node in elements else None
        return origin, None if at is None else unravelled(at, shape(self.nodes[origin]))

    def names(self, inputs: Iterable[str]) -> list[str]:
        """Return the names of the elements of some inputs."""
        return [element for name in inputs for element in flat(self.elements[name])]

    def apart(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values of inputs by element."""
        return {
            element: number
            for name, value in values.items()
            for element, number in zip(flat(self.elements[name]), flat(value))
        }

    def together(self, numbers: Mapping[str, Any], inputs: Iterable[str]) -> dict[str, Any]:
        """Return what was found for each element by input, in lists of the shape of the input."""
        return {name: put_in(self.elements[name], numbers) for name in inputs}

    def result(self, numbers: Sequence[Any]) -> Any:
        """Return what was found for each number of the result in lists of the shape of the result."""
        by_node = dict(zip(self.program.outputs, numbers))
        return self.source.shaped([put_in(self.nodes[output], by_node) for output in self.source.outputs])

    def results(self) -> list[str]:
        """Return the name of each number of the result, "f2" or "f[0, 1]"; "" for the only one of a program of one number."""
        title, outputs = result_name(self.source), self.source.outputs
        names = [f"{title}{k + 1}" for k in range(len(outputs))] if self.source.vector else [title]
        if not self.program.vector:
            return [""]
        if not self.source.graph.arrays:
            return names
        from adcli.numbers.elements import named

        return [element for name, output in zip(names, outputs) for element in flat(named(name, self.nodes[output]))]

    def rows(self, columns: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
        """Return derivatives of the results of the program of arrays by inputs, as derive.jacobian gives them: for each number of
        the result, by element."""
        rows: list[dict[str, Any]] = []
        for number, output in enumerate(self.source.outputs):
            blocks = [(flat(self.elements[name]), flat(column[number])) for name, column in columns.items()]
            rows += [
                dict(pair for names, block in blocks for pair in zip(names, block[k * len(names) :]))
                for k in range(len(flat(self.nodes[output])))
            ]
        return rows

    def columns(self, columns: Mapping[str, Sequence[Any]], inputs: Sequence[str]) -> dict[str, Any]:
        """Return what was found for each number of the result by each element: by input, in lists of both shapes."""
        rows = [
            self.together({element: column[number] for element, column in columns.items()}, inputs)
            for number in range(len(self.program.outputs))
        ]
        return {name: self.result([row[name] for row in rows]) for name in inputs}


def flat(value: Any) -> list[Any]:
    """Return the elements of an array, or a number alone."""
    return value.ravel().tolist() if hasattr(value, "ravel") else [value]


def put_in(keys: Any, found: Mapping[Any, Any]) -> Any:
    """Return what was found for a key, or for each key of an array, in lists of its shape."""
    if not hasattr(keys, "tolist"):
        return found[keys]
    shape, parts = keys.shape, [found[key] for key in flat(keys)]
    for size in reversed(shape[1:]):
        parts = [parts[at : at + size] for at in range(0, len(parts), size)]
    return parts


def written(program: Program, at: Mapping[str, Any], values: Sequence[Any]) -> Written:
    """Return a program of arrays at a point, where its nodes have these values, written out; raise Fault if that is too long."""
    if not program.graph.arrays:
        same = range(len(program.graph.nodes))
        return Written(program, program, dict(at), {name: name for name in program.inputs}, same, same)
    from adcli.numbers.elements import Elements, named

    old, graph = program.graph, Graph()
    steps = sum(
        work(old.nodes[index][0], [values[k] for k in old.arguments(index)], values[index]) for index in old.steps()
    )
    if steps > MOST:
        raise Fault("written_out", steps=f"{steps:,}", most=f"{MOST:,}")
    elements = {name: named(name, at[name]) for name in program.inputs}
    point = {element: number for name in elements for element, number in zip(flat(elements[name]), flat(at[name]))}
    system = Elements(graph, point)
    inputs = {name: system.inputs(elements[name]) for name in elements}
    found, origins = list[Any](), [program.inputs[name] for name in elements for _ in flat(elements[name])]
    for index, (head, *rest) in enumerate(old.nodes):
        found.append(evaluate_one(head, rest, found, inputs, system))
        origins += [index] * (len(graph.nodes) - len(origins))
    graph.sources = [old.sources[index] for index in origins]
    nodes = [system.indices(value) for value in found]
    for index, name in old.names.items():
        graph.names |= zip(flat(nodes[index]), flat(named(name, nodes[index])))
    by_name = graph.inputs()
    whole = program._replace(
        graph=graph,
        outputs=tuple(node for output in program.outputs for node in flat(nodes[output])),
        vector=program.vector or hasattr(nodes[program.outputs[0]], "shape"),
        inputs={element: by_name[element] for element in point},
    )
    return Written(program, whole, point, elements, nodes, origins)


def work(head: Any, operands: Sequence[Any], result: Any) -> int:
    """Return about how many operations on numbers a node stands for."""
    sizes = [getattr(value, "size", 1) for value in (*operands, result)]
    if head.name in CUBIC:
        return int(isqrt(sizes[0]) ** CUBIC[head.name])
    if head.name in BILINEAR:  # m x k and k x n: m*k*n
        return isqrt(sizes[0] * sizes[1] * sizes[-1])
    return max(sizes)
