"""THE TABLE: one row a primitive, found by name. See primitive.py for what a row is."""

from __future__ import annotations

from adcli.rules import elementary, special
from adcli.rules.primitive import Primitive

TABLE = {row.name: row for row in (*elementary.ROWS, *special.ROWS)}
WHERE = TABLE["where"]

CONDITIONS = {TABLE[name] for name in ("and", "or", "not")}

CONSTANTS = {"pi": "π", "e": "e", "tau": "τ", "inf": "∞", "deg": "deg"}
"""The constants, which are rows without arguments, and how each is written for people."""

TABLE.update({name: Primitive(name, ()) for name in CONSTANTS})

DEFINITIONS = {
    ("log", 2): "ln(x)/ln(y)",
    ("pow", 2): "x^y",
    ("clip", 3): "min(max(x, y), z)",
}
"""Functions in terms of others, by name and number of arguments."""

VARIADIC = {name: {2: TABLE[name]} for name in ("min", "max")}


def row(name: str, arity: int) -> Primitive:
    """Return the row of a primitive; for min and max, which take any number of arguments, the row for that number."""
    family = VARIADIC.get(name)
    if family is None:
        return TABLE[name]
    if arity not in family:
        family.setdefault(arity, _extreme(name, arity))  # one row, whichever thread is first
    return family[arity]


def _extreme(name: str, arity: int) -> Primitive:
    """Return the row of min or max for more than two arguments: those that tie share the derivative evenly."""
    parameters = tuple(f"x{index}" for index in range(1, arity + 1))
    ties = " + ".join(f"({x} == r)" for x in parameters)
    pair, least = TABLE[name], "inf" if name == "min" else "-inf"
    directions = ", ".join(f"where({x} == r, d{x}, {least})" for x in parameters)
    return Primitive(
        name,
        tuple(f"(x{index} == r)/({ties})" for index in range(1, arity + 1)),
        pair.says,
        parameters=parameters,
        kink=f"{ties} > 1",
        chosen="1/k each of the k that tie",
        sided=f"{name}({directions})",
    )
