"""Series: sum and prod, written out term by term."""

from __future__ import annotations

from adcli.graph import Graph
from adcli.rules.primitive import Primitive

EMPTY = {"add": "0", "mul": "1"}
"""What a series without terms is."""


class Series:
    """A sum or product in progress: the body to run, the numbers that its index is still to be, and the total so far."""

    __slots__ = ("body", "hidden", "index", "numbers", "operation", "running", "total", "values")

    def __init__(
        self, operation: Primitive, index: str, numbers: range, body: tuple[int, int], values: dict[str, int]
    ) -> None:
        self.operation, self.index, self.body, self.values = operation, index, body, values
        self.numbers = iter(numbers)
        self.hidden = values.get(index)
        self.running = False
        self.total: int | None = None

    def next_term(self, graph: Graph, stack: list[int]) -> bool:
        """Add the term that has just been run and bind the index for the next; at the end, leave the total on the stack."""
        _, end = self.body
        if self.running:
            term = stack.pop()
            self.total = term if self.total is None else graph.put((self.operation, self.total, term), end)
        number = next(self.numbers, None)
        if number is None:
            self.values.pop(self.index, None)
            if self.hidden is not None:
                self.values[self.index] = self.hidden
            stack.append(graph.number(EMPTY[self.operation.name], end) if self.total is None else self.total)
            return False
        self.values[self.index] = graph.number(str(number), end)
        self.running = True
        return True
