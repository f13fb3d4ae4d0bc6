"""Points: what --at says, as numbers by name."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite, isnan
from typing import Any

from adcli.errors import Fault, not_in_json
from adcli.language import constants
from adcli.language.misfit import differ
from adcli.language.tokens import name_of


def read_point(texts: Iterable[str], option: str = "--at") -> dict[str, Any]:
    """Return the values that the texts of an option give: ``x=1, y=pi/4``, or ``@file`` for a JSON object in a file.

    Raises Fault (kind "data", or of the expressions) for a name given twice, for nan, and for what cannot be read.
    """
    point: dict[str, float] = {}
    for text in texts:
        if not text.strip():
            raise Fault("empty_point", option=option)
        for name, value in from_file(text[1:]).items() if text.startswith("@") else constants(text):
            if name in point:
                raise Fault("given_twice", name=name)
            if isinstance(value, float) and isnan(value):
                raise Fault("point_nan", name=name)
            point[name] = value
    return point


def from_file(file: str) -> dict[str, Any]:
    """Return the values that a JSON object in a file gives names."""
    import json

    try:
        with open(file, encoding="utf-8") as stream:
            pairs = json.load(stream, object_pairs_hook=Pairs, parse_int=float, parse_constant=not_in_json)
    except json.JSONDecodeError as error:
        raise Fault("point_json", file=file, reason=error.msg, line=error.lineno, column=error.colno) from None
    except (OSError, ValueError, RecursionError) as error:
        raise Fault("point_file", file=file, reason=getattr(error, "strerror", None) or error) from None
    if not isinstance(pairs, Pairs):
        raise Fault("point_object", file=file)
    return from_pairs(pairs, file)


def from_pairs(pairs: Iterable[tuple[str, Any]], source: str) -> dict[str, Any]:
    """Return the values that JSON gives names: finite numbers, and arrays for nested lists of them."""
    point: dict[str, Any] = {}
    for given, value in pairs:
        name = name_of(given)
        if name in point:
            raise Fault("given_twice", name=name)
        if value.__class__ is float and isfinite(value):
            point[name] = value
        else:
            point[name] = array_of(value, given, source)
    return point


def array_of(value: Any, name: str, source: str) -> Any:
    """Return the array that nested lists of numbers make, all of one length at each depth."""
    if isinstance(value, list):
        from adcli.numbers.arrays import from_lists

        array = from_lists(value)
        if array is not None:
            return array
        if differ(value):
            raise Fault("ragged_value", where=f"in {source} ", name=name)
    raise Fault("point_value", file=source, name=name)


class Pairs(list[tuple[str, Any]]):
    """The pairs of a JSON object, those given twice included."""
