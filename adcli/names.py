"""What the nodes are called.

An input goes by its own name and every other step is v1, v2, ... in the order of the graph; constants have no name. If the
program itself has names like v1, another letter serves. A step that the person named is shown by that name, with a prime
for each time that the name was used before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from adcli.graph import INPUT, NUMBER, Graph

SUBSCRIPTS = str.maketrans("0123456789-", "₀₁₂₃₄₅₆₇₈₉₋")
DOT, BAR = "\u0307", "\u0304"


def identifiers(graph: Graph) -> dict[int, str]:
    """Return the name of each node as JSON and messages give it: an input's own, or v1, v2, ..."""
    inputs = {index: str(node[1]) for index, node in enumerate(graph.nodes) if node[0] is INPUT}
    letter = next(
        letter for letter in letters() if not any(re.fullmatch(letter + "[0-9]+", name) for name in inputs.values())
    )
    steps = (
        index
        for index, node in enumerate(graph.nodes)
        if node[0] is not INPUT and node[0] is not NUMBER and len(node) > 1
    )
    return inputs | {index: f"{letter}{number}" for number, index in enumerate(steps, 1)}


def letters() -> list[str]:
    """Return what the steps may be called, the usual letter first; one of them no program can use up."""
    return [*"vwuts", "step_", "node__"]


def source_names(graph: Graph) -> dict[int, str]:
    """Return the name of each node as tables show it by default: the person's name for it where there is one, numbered by
    primes when it has been used before."""
    used: dict[str, int] = {}
    shown = {}
    for index, name in identifiers(graph).items():
        if graph.nodes[index][0] is INPUT:
            used[name] = 1
    for index, name in sorted(identifiers(graph).items()):
        own = graph.names.get(index)
        if own is not None:
            name = own + prime(used.get(own, 0))
            used[own] = used.get(own, 0) + 1
        shown[index] = name
    return shown


def prime(count: int) -> str:
    """Return the mark of a name used that many times before."""
    return "'" * count if count < 4 else f"'{count}"


def book_names(graph: Graph, inputs: Mapping[str, int]) -> dict[int, str]:
    """Return the names that Griewank and Baydin use: the inputs v(1-n) ... v0, the steps v1, v2, ..."""
    first = 1 - len(inputs)
    steps = (
        index
        for index, node in enumerate(graph.nodes)
        if node[0] is not INPUT and node[0] is not NUMBER and len(node) > 1
    )
    numbered = {index: f"v{first + number}" for number, index in enumerate(inputs.values())}
    return numbered | {index: f"v{number}" for number, index in enumerate(steps, 1)}


def pretty(name: str, mark: str = "") -> str:
    """Return a name as books print it: digits at its end as subscripts, with a dot or a bar over its last letter."""
    stem = re.sub(r"'+[0-9]*$", "", name)
    base = stem.rstrip("0123456789").removesuffix("-")
    digits = stem[len(base) :]
    if base.endswith("_"):  # v_1 keeps its digits, which would look like v1's
        base, digits = stem, ""
    primes = name[len(stem) :].replace("'", "′").translate(SUBSCRIPTS)
    return unicodedata.normalize("NFC", base + mark) + digits.translate(SUBSCRIPTS) + primes


def plain(name: str, mark: str = "") -> str:
    """Return a name in ASCII: v1, v1_dot, v1_bar; beta for β."""
    if not name.isascii():
        name = "".join(char if char.isascii() else unicodedata.name(char).split()[-1].lower() for char in name)
    if "-" in name:  # the book's v-1
        name = name.replace("-", "(-") + ")"
    return name + {"": "", DOT: "_dot", BAR: "_bar"}[mark]
