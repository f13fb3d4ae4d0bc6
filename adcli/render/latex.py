"""LaTeX: a formula, for a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adcli.answers import Answer
    from adcli.render import Display


def render(answer: Answer, display: Display) -> None:
    """Write the LaTeX of a formula to standard output."""
    print(answer.results["latex"])
