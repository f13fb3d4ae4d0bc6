"""The table, third part: arrays."""

from __future__ import annotations

from adcli.rules.primitive import Primitive

ARRAY = Primitive("array", (), "the derivatives of the elements")
"""An array made of its elements, however many: the result of a program with several."""
