"""What the nodes are called.

An input goes by its own name and every other step is v1, v2, ... in the order of the graph; constants have no name. If the
program itself has names like v1, another letter serves. A step that the person named is shown by that name, with a prime
for each time that the name was used before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import chain, count

from adcli.graph import Graph

SUBSCRIPTS = str.maketrans("0123456789-", "₀₁₂₃₄₅₆₇₈₉₋")
DOT, BAR = "\u0307", "\u0304"


def identifiers(graph: Graph) -> dict[int, str]:
    """Return the name of each node as JSON and messages give it: an input's own, or v1, v2, ..."""
    inputs = {index: name for name, index in graph.inputs().items()}
    taken = {*inputs.values(), *graph.names.values()}
    candidates = chain("vwuts", ("v" + "_" * length for length in count(1)))
    letter = next(letter for letter in candidates if not any(re.fullmatch(letter + "[0-9]+", name) for name in taken))
    return inputs | {index: f"{letter}{number}" for number, index in enumerate(graph.steps(), 1)}


def source_names(graph: Graph) -> dict[int, str]:
    """Return the name of each node as tables show it by default: the person's name for it where there is one, numbered by
    primes when it has been used before."""
    used = dict.fromkeys(graph.inputs(), 1)
    shown = {}
    for index, name in sorted(identifiers(graph).items()):
        own = graph.names.get(index)
        shown[index] = name if own is None else own + prime(used.get(own, 0))
        if own is not None:
            used[own] = used.get(own, 0) + 1
    return shown


def prime(times: int) -> str:
    """Return the mark of a name used that many times before."""
    return "'" * times if times < 4 else f"'{times}"


def book_names(graph: Graph, inputs: Mapping[str, int]) -> dict[int, str]:
    """Return the names that Griewank and Baydin use: the inputs v(1-n) ... v0, the steps v1, v2, ..."""
    first = 1 - len(inputs)
    numbered = {index: f"v{first + number}" for number, index in enumerate(inputs.values())}
    return numbered | {index: f"v{number}" for number, index in enumerate(graph.steps(), 1)}


def pretty(name: str, mark: str = "") -> str:
    """Return a name as books print it: digits at its end as subscripts, with a dot or a bar over its last letter, before the
    place of an element of an array."""
    name, bracket, place = name.partition("[")
    stem = re.sub(r"'+[0-9]*$", "", name)
    base = stem.rstrip("0123456789").removesuffix("-")
    digits = stem[len(base) :]
    if base.endswith("_"):  # v_1 keeps its digits, which would look like v1's
        base, digits = stem, ""
    primes = name[len(stem) :].replace("'", "′").translate(SUBSCRIPTS)
    return unicodedata.normalize("NFC", base + mark) + digits.translate(SUBSCRIPTS) + primes + bracket + place


def plain(name: str, mark: str = "") -> str:
    """Return a name in ASCII: v1, v1_dot, v1_bar; beta for β."""
    if not name.isascii():
        name = "".join(char if char.isascii() else unicodedata.name(char).split()[-1].lower() for char in name)
    name, bracket, place = name.partition("[")
    if "-" in name:  # the book's v-1
        name = name.replace("-", "(-") + ")"
    return name + {"": "", DOT: "_dot", BAR: "_bar"}[mark] + bracket + place
