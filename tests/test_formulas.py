"""The derivatives of the textbooks: what is printed is what a person would have written, letter for letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from adcli.formula import formula
from adcli.language import elaborate, parse
from adcli.partials import derivative

pytestmark = pytest.mark.core

LINES = Path(__file__).with_name("formulas.txt").read_text(encoding="utf-8").splitlines()
PAIRS = [[part.strip() for part in line.split("|")] for line in LINES if line and not line.startswith("#")]


def test_there_are_enough() -> None:
    assert len(PAIRS) >= 70
    assert len({(program, wrt) for program, wrt, _ in PAIRS}) == len(PAIRS)


@pytest.mark.parametrize(("program", "wrt", "expected"), PAIRS, ids=lambda text: text)
def test_a_derivative_reads_as_in_a_textbook(program: str, wrt: str, expected: str) -> None:
    meant = elaborate(parse(program), {})
    assert formula(*derivative(meant.graph, meant.output, wrt.split(","))).text == expected
