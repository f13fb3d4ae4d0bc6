"""Requests: what a line of JSON asks for.

A request says what the words of a command line say, and no more: it names no file, and what a command does not take is refused.
Numbers are read as doubles, however they are written; the id is given back as it came.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from adcli.answers import Request
from adcli.errors import Fault, not_in_json
from adcli.findings import SIDES
from adcli.points import array_of, from_pairs

COMMON = ("id", "command", "expression", "at")

KEYS: dict[str, tuple[str, ...]] = {
    "eval": ("trace",),
    "grad": ("wrt", "mode", "kinks", "trace"),
    "jvp": ("tangent", "kinks", "trace"),
    "vjp": ("cotangent", "wrt", "kinks", "trace"),
    "jacobian": ("wrt", "mode", "kinks", "trace"),
    "hessian": ("wrt", "kinks", "trace"),
    "hvp": ("tangent", "wrt", "kinks", "trace"),
    "taylor": ("wrt", "order", "kinks", "trace"),
    "diff": ("wrt", "order", "kinks"),
    "check": ("wrt", "claim", "kinks"),
}
"""The commands, and the keys that a request for each may have besides the common ones."""

ALLOWED = {command: frozenset((*COMMON, *keys)) for command, keys in KEYS.items()}

NEEDED = {"jvp": "tangent", "vjp": "cotangent", "hvp": "tangent"}
"""What a command does not do without, besides an expression."""

SIDED = ("grad", "jvp", "jacobian")
"""The commands that take one-sided derivatives."""

# --- From a line to an object ---

PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|[][{},:]|[^][{},:"\s]+')
"""The words and signs of JSON."""

OPENING, CLOSING = frozenset("{["), frozenset("}]")


class Twice(dict[str, Any]):
    """A JSON object that has a key twice."""

    key = ""


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object."""
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    names = [name for name, _ in pairs]
    repeated = Twice(made)
    repeated.key = next(name for name in names if names.count(name) > 1)
    return repeated


DECODER = json.JSONDecoder(object_pairs_hook=object_of, parse_int=float, parse_constant=not_in_json)


def id_in(line: bytes) -> Any:
    """Return the id in a line that is no JSON object, if it is there before all else is lost: what stands behind "id" in the
    outermost object, and is no list or object itself. None if there is none."""
    text = line.decode(errors="replace").lstrip("\ufeff \t")
    if not text.startswith("{"):
        return None
    depth, before, last = 0, "", ""
    for found in PIECES.finditer(text):
        piece = found[0]
        if (depth, before, last) == (1, '"id"', ":"):
            complete = text[found.end() : found.end() + 9].lstrip()[:1] in (",", "}")
            try:
                found_id = json.loads(piece, parse_constant=not_in_json) if complete and "\ufffd" not in piece else None
            except ValueError:
                return None
            return None if isinstance(found_id, float) and not isfinite(found_id) else found_id
        depth += (piece in OPENING) - (piece in CLOSING)
        before, last = last, piece
    return None


def fields_of(line: str) -> dict[str, Any]:
    """Return the JSON object of a line; raise Fault for a line that holds none."""
    try:
        fields = DECODER.decode(line)
    except json.JSONDecodeError as error:
        fault = Fault("request_json", (error.pos, error.pos + 1), reason=error.msg)
        fault.text = line
        raise fault from None
    except RecursionError:
        raise Fault("request_json", reason="it is nested too deeply") from None
    except ValueError as error:
        raise Fault("request_json", reason=error) from None
    if not isinstance(fields, dict):
        raise Fault("request_object")
    return fields


def exact_id(line: str, fields: Mapping[str, Any]) -> Any:
    """Return the id of a request, its whole numbers in all their digits; None where there is none."""
    if "id" not in fields or isinstance(fields["id"], str):
        return fields.get("id")
    try:
        return json.loads(line)["id"]
    except ValueError:  # a whole number of thousands of digits
        raise bad_id() from None


def bad_id() -> Fault:
    """Return the fault of an id that cannot be given back."""
    return Fault("request_value", key="id", wanted="what can be given back as it came", example="1")


# --- From an object to a request ---


def request_of(fields: Mapping[str, Any]) -> Request:
    """Return the request that an object makes; raise Fault for what it lacks, what is unknown and what is of a wrong type."""
    if isinstance(fields, Twice):
        raise Fault("request_twice", key=fields.key)
    command = needed(fields, "command")
    if command not in KEYS:
        raise Fault("request_command", name=command, commands=", ".join(KEYS))
    allowed = ALLOWED[command]
    for key in fields:
        if key not in allowed:
            keys = ", ".join((*COMMON, *KEYS[command]))
            raise Fault("request_key", command=command, key=key, keys=keys)
    expression = needed(fields, "expression")
    if command in NEEDED and NEEDED[command] not in fields:
        raise missing(NEEDED[command])
    options = {key: read(key, fields[key]) for key in KEYS[command] if key in fields}
    if options.get("kinks") in SIDES and command not in SIDED:
        raise Fault("request_value", key="kinks", wanted=f'"subgradient" or "error" for {command}', example='"error"')
    return Request(command, expression, read("at", fields["at"]) if "at" in fields else {}, **options)


def needed(fields: Mapping[str, Any], key: str) -> str:
    """Return a text that every request has."""
    if key not in fields:
        raise missing(key)
    found: str = read(key, fields[key])
    return found


def missing(key: str) -> Fault:
    """Return the fault of a request without what it needs."""
    return Fault("request_without", key=key, example=FIELDS[key][2])


def read(key: str, value: Any) -> Any:
    """Return the value of a key, as a Request has it."""
    reader, wanted, example = FIELDS[key]
    found = reader(key, value)
    if found is None:
        raise Fault("request_value", key=key, wanted=wanted, example=example)
    return found


def text(key: str, value: Any) -> str | None:
    """Read a text."""
    return value if isinstance(value, str) else None


def choice(*choices: Any) -> Callable[[str, Any], Any]:
    """Return what reads one of a few values, none of which is a number."""
    return lambda key, value: value if isinstance(value, (str, bool)) and value in choices else None


def names(key: str, value: Any) -> list[str] | None:
    """Read a list of names."""
    return value if isinstance(value, list) and value and all(isinstance(name, str) for name in value) else None


def whole(key: str, value: Any) -> int | None:
    """Read a whole number."""
    return int(value) if isinstance(value, float) and value.is_integer() else None


def point(key: str, value: Any) -> dict[str, Any] | None:
    """Read numbers and arrays by name."""
    if isinstance(value, Twice):
        raise Fault("given_twice", name=value.key)
    return from_pairs(value.items(), f"the {key} of the request") if isinstance(value, dict) else None


def numbers(key: str, value: Any) -> list[Any] | None:
    """Read a number for each result, or an array in the shape of the result."""
    listed = [value] if isinstance(value, float) else value
    if not isinstance(listed, list) or all(isinstance(number, float) and isfinite(number) for number in listed):
        return listed if isinstance(listed, list) and listed else None
    array: list[Any] = array_of(listed, key, "the request").tolist()
    return array


FIELDS: dict[str, tuple[Callable[[str, Any], Any], str, str]] = {
    # key          how it is read                                what it must be                       an example
    "command":    (text,                                         "the name of a command",              '"grad"'),
    "expression": (text,                                         "the text of a program",              '"x^2 + 3*x"'),
    "at":         (point,                                        "an object of numbers and arrays",    '{"x": 1}'),
    "wrt":        (names,                                        "a list of names",                    '["x"]'),
    "mode":       (choice("reverse", "forward"),                 '"reverse" or "forward"',             '"forward"'),
    "tangent":    (point,                                        "an object of numbers and arrays",    '{"x": 1}'),
    "cotangent":  (numbers,                                      "a list of numbers, or an array",     "[1, 0]"),
    "order":      (whole,                                        "a whole number",                     "2"),
    "trace":      (choice(True, False),                          "true or false",                      "true"),
    "claim":      (text,                                         "an answer as it is typed",           '"x=5.5"'),
    "kinks":      (choice("subgradient", "left", "right", "error"), '"subgradient", "left", "right" or "error"', '"error"'),
}  # fmt: skip
