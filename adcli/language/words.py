"""The words of the language: which names are functions, and which are constants."""

from __future__ import annotations

from collections.abc import Iterable

from adcli.rules import CONSTANTS as SPELLINGS
from adcli.rules import DEFINITIONS, TABLE, VARIADIC

CONSTANTS = {name: name for name in SPELLINGS} | {sign: name for name, sign in SPELLINGS.items()}
"""The words and signs for the constants, and the constant that each means."""

SERIES = {"sum": "add", "prod": "mul"}

ARRAY_FUNCTIONS = frozenset(
    "dot outer T transpose mean norm var logsumexp softmax trace det logdet inv solve cholesky len shape concat reshape "
    "zeros ones eye linspace arange".split()
)
FUNCTIONS = {
    **{row.name: row.name for row in TABLE.values() if row.partials and not row.shown and not row.sign},
    **{alias: row.name for row in TABLE.values() for alias in row.aliases},
    **{name: name for name in ("deriv", *SERIES, *ARRAY_FUNCTIONS, *(name for name, _ in DEFINITIONS))},
    "log": "ln",
}
"""What a person may call, and the primitive or definition that each name means."""


def counts(name: str) -> list[int]:
    """Return the numbers of arguments with which a function may be called; min and max take any."""
    rows = [TABLE[name].arity] if name in TABLE and name not in VARIADIC else []
    return sorted({*rows, *(count for defined, count in DEFINITIONS if FUNCTIONS[defined] == name)})


def arguments_wanted(name: str) -> str:
    """Say how many arguments a function takes: "1 argument", "1 or 2 arguments"."""
    wanted = " or ".join(str(count) for count in counts(name)) or "1 or more"
    return f"{wanted} argument{'' if wanted == '1' else 's'}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the word of these and of the functions there are that a mistyped one most likely meant, if one is near."""
    from difflib import get_close_matches  # only a mistake needs it

    matches = get_close_matches(name, [*FUNCTIONS, *known], n=1, cutoff=0.6)
    return matches[0] if matches else None
