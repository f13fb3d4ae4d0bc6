"""What a row of the table is.

A row states a primitive once: its partial derivatives as expressions in adcli's own language, over the primitive's
arguments and its output ``r``; where it is defined; where it has a kink and what is chosen there; how it is written. The
sweeps, the printed formulas, the reference table and the tests all read the same row.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CHOICE, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(10)
"""Binding strengths, loosest first."""


class Primitive:
    """One row. The columns are all that the rest of the program may know about a primitive.

    name        what a person types (an operator's row has a word of its own)
    aliases     other names for it
    parameters  the names that its rule uses for the arguments
    partials    for each argument the text of the partial derivative; None where the argument is a whole constant that
                shapes the function (the n of a root) and is never differentiated by
    domain      a condition on the arguments under which the value is a real number; "" for everywhere
    kink        a condition under which the derivative does not exist as a two-sided limit; "" for never
    chosen      what is taken as the derivative at the kink, in words
    sided       at a kink, the derivative in the direction (dx, dy), as an expression; "" where it is 0
    moved       at a jump, the value just beside the point in that direction, as an expression
    points      where tests look closely: roots, singularities, kinks, as constant expressions
    says        one sentence for homework
    sign        how an operator is written between (or before) its operands; "" for a function
    strength    how tightly it binds
    shown       an internal row prints as this ordinary expression; "" for every other row
    """

    __slots__ = (
        "aliases", "chosen", "constant", "domain", "kink", "moved", "name", "parameters", "partials", "points", "says", "shown",
        "sided", "sign", "strength",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        partials: tuple[str | None, ...],
        says: str = "",
        *,
        aliases: tuple[str, ...] = (),
        parameters: tuple[str, ...] = (),
        domain: str = "",
        kink: str = "",
        chosen: str = "",
        sided: str = "",
        moved: str = "",
        points: str = "",
        sign: str = "",
        strength: int = ATOM,
        shown: str = "",
    ) -> None:
        self.name, self.partials, self.says = name, partials, says
        self.aliases = aliases
        self.parameters = parameters or ("x", "y", "z")[: len(partials)]
        self.domain, self.kink, self.chosen, self.sided, self.points = domain, kink, chosen, sided, points
        self.moved, self.sign, self.strength, self.shown = moved, sign, strength, shown
        self.constant = all(partial == "0" for partial in partials)

    @property
    def arity(self) -> int:
        """The number of arguments."""
        return len(self.partials)

    @property
    def sided_parameters(self) -> tuple[str, ...]:
        """The names that ``sided`` and ``moved`` use: the tangents, the arguments, the output."""
        return (*(f"d{parameter}" for parameter in self.parameters), *self.parameters, "r")

    def __repr__(self) -> str:
        return f"<{self.name}>"


class Array(Primitive):
    """A row of arrays (see arrays.py).

    static        what it is given besides arrays: an axis, a shape, an index
    pullbacks     for each argument that it is linear in, what an adjoint g of the result gives to it: a text over g, the
                  arguments and r, or what returns another row and the names of its arguments
    differential  for each argument that it is smooth in, the differential: a text over d, the arguments and r
    """

    __slots__ = ("differential", "pullbacks", "static")

    def __init__(
        self,
        name: str,
        parameters: tuple[str, ...],
        static: tuple[Any, ...] = (),
        *,
        pullbacks: tuple[Any, ...] = (),
        differential: tuple[str | None, ...] = (),
    ) -> None:
        super().__init__(name, ("",) * len(parameters), parameters=parameters)
        if name == "matmul":
            self.sign, self.strength = "@", PRODUCT
        self.static = static
        self.pullbacks = pullbacks or (None,) * len(parameters)
        self.differential = differential or (None,) * len(parameters)
        self.constant = not any((*self.pullbacks, *self.differential))
