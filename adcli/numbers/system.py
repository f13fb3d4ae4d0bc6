"""What every number system has: functions by name, functions by row, and the rules bound to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import e, inf, pi, tau
from types import CodeType
from typing import Any

from adcli.graph import Graph
from adcli.numbers.floats import FUNCTIONS
from adcli.rules.compiled import Rules, bind, bind_code
from adcli.rules.primitive import Array, Primitive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from adcli.numbers.tape import Tape

LARGE = 100
"""Graphs of so many nodes are worth laying out."""


class ByRow(dict[Primitive, Any]):
    """The functions of a system by row, filled as they are asked for."""

    def __init__(self, functions: Mapping[str, Any]) -> None:
        super().__init__()
        self.by_name = functions

    def __missing__(self, row: Primitive) -> Any:
        function = self.by_name[row.name]
        if isinstance(row, Array) and row.static:
            by_name, static = function, row.static
            if not row.parameters:
                self[row] = made = by_name(*static)
                return made

            def function(*arguments: Any) -> Any:
                return by_name(*arguments, *static)

        self[row] = function
        return function


class Silence:
    """A context that does nothing: the functions of floats.py are total as they are."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


SILENCE = Silence()


class System:
    """A number system, made from its functions by name (see sweeps.py for what each part is for). ``scalar`` says that there
    are no shapes: an adjoint times a partial is what the argument gets."""

    def __init__(self, by_name: Mapping[str, Any], number: Callable[[str], Any], scalar: bool = True) -> None:
        self.scalar = scalar
        self.by_name = by_name
        self.functions = ByRow(by_name)
        self.rules = Rules(by_name)
        self.number = number
        self._bound: dict[Any, Callable[..., Any]] = {}

    def seeds(self, seeds: Mapping[int, Any]) -> Mapping[int, Any]:
        """Return the seeds of a sweep, whose zeros are structural."""
        return seeds

    def filled(self, derivative: Any, value: Any) -> Any:
        """Return a tangent or an adjoint as a number, or as an array of the shape of its value: 0 for a structural zero."""
        return 0.0 if derivative is None else derivative

    def product(self, g: Any, partial: Any, x: Any) -> Any:
        """Return an adjoint times a partial: what an argument x gets."""
        return g * partial

    def quiet(self) -> Any:
        """Return a context in which arithmetic on this system's numbers says nothing of what is not finite."""
        return SILENCE

    def expression(self, text: str, parameters: tuple[str, ...]) -> Callable[..., Any]:
        """Return an expression of the table (a domain, a kink) as a function on this system's numbers."""
        key = text, parameters
        if key not in self._bound:
            self._bound[key] = bind(text, parameters, self.by_name)
        return self._bound[key]

    def bound(self, code: CodeType) -> Callable[..., Any]:
        """Return the function of a code of the table on this system's numbers."""
        if code not in self._bound:
            self._bound[code] = bind_code(code, self.by_name)
        return self._bound[code]

    def tape(self, graph: Graph) -> Tape | None:
        """Return a graph laid out for quicker sweeps, where this system has such."""
        return None


class Floats(System):
    """Python's floats: a condition is decided on the spot, and the branch not taken gets nothing."""

    def tape(self, graph: Graph) -> Tape | None:
        """Return a large graph laid out for being swept again, from the third sweep on: a value and a gradient are two."""
        if len(graph.nodes) < LARGE:
            return None
        graph.sweeps += 1
        if graph.sweeps > 2 and (graph.tape is None or graph.tape.size != len(graph.nodes)):
            from adcli.numbers.tape import Tape  # most programs are small, or swept once

            graph.tape = Tape(graph)
        tape: Tape | None = graph.tape
        return tape

    def select(self, condition: float, here: float | None, there: float | None) -> float | None:
        """Return the tangent of the branch that is taken."""
        return here if condition else there

    def route(self, condition: float, adjoint: float) -> tuple[float | None, float | None]:
        """Return the adjoint for the branch that is taken, and None for the other."""
        return (adjoint, None) if condition else (None, adjoint)


CONSTANTS = {"pi": pi, "e": e, "tau": tau, "inf": inf, "deg": pi / 180}
FLOATS = Floats({**FUNCTIONS, **CONSTANTS}, float)


def system_of(graph: Graph) -> Any:
    """Return the number system that a graph is computed in: floats, or arrays where it has some."""
    if not graph.arrays:
        return FLOATS
    from adcli.numbers.arrays import ARRAYS  # numpy takes longer to import than most programs to run

    return ARRAYS
