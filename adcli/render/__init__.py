"""Renderers: an Answer as text, one module a format, imported on demand by its name.

Each has ``render(answer, display) -> None``, which writes the answer to standard output.
"""

from __future__ import annotations

from importlib import import_module

from adcli.answers import Answer
from adcli.numbers.system import system_of


class Display:
    """How a person wants to see it: significant ``digits``, or fixed ``decimals``; ``names`` source or book; whether to
    show the trace (None: if it is short); ``ascii`` only; ``color`` auto, always or never."""

    __slots__ = ("ascii", "color", "decimals", "digits", "names", "trace")

    def __init__(
        self,
        digits: int = 6,
        decimals: int | None = None,
        names: str = "source",
        trace: bool | None = None,
        ascii: bool = False,
        color: str = "auto",
    ) -> None:
        self.digits = digits
        self.decimals = decimals
        self.names = names
        self.trace = trace
        self.ascii = ascii
        self.color = color


def render(format: str, answer: Answer, display: Display) -> None:
    """Write the answer to standard output in a format."""
    with system_of(answer.program.graph).quiet():
        import_module(f"adcli.render.{format}").render(answer, display)
