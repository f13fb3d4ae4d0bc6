"""What can go wrong, in the person's words.

One row a fault: its kind (which JSON shows and which decides the exit status), its sentence, and the remedy. Code that
finds a fault names the row and fills in the blanks: ``raise fault("unknown_function", span, name="sen", near="sin")``.
A sentence never holds a token name of the grammar, and what the person typed is made printable before it is shown.
"""

from __future__ import annotations

FINE, INTERNAL, USAGE, PARSE, EVALUATE, DISAGREEMENT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

EXIT_STATUS = {
    "internal": INTERNAL,
    **dict.fromkeys(("usage", "unknown_input"), USAGE),
    **dict.fromkeys(("syntax", "ambiguous", "unknown_function", "arity", "name_clash", "recursion", "data"), PARSE),
    **dict.fromkeys(("missing_value", "domain", "overflow", "shape", "limit", "kink", "not_whole", "not_finite"), EVALUATE),
}

# fmt: off
CATALOGUE = {
    # name                 kind                sentence                                             remedy
    # calls and names
    "unknown_function":      ("unknown_function", 'unknown function "{name}"', "adcli functions lists the ones there are"),
    "unknown_function_near": ("unknown_function", 'unknown function "{name}"', "did you mean {near}?"),
    "variable_called":       ("unknown_function", "{name} is a variable, not a function", "to multiply write {instead}"),
    "used_before":           ("unknown_function", "{name} is used before it is defined", "move its definition up"),
    "arity":                 ("arity", "{name} takes {wanted}, got {got}", None),
    "own_function":          ("name_clash", "{name} is one of adcli's own functions", "choose another name"),
    "both_ways":             ("name_clash", "{name} is used both as a function and as a value", "choose another name for one of them"),
    "recursion":             ("recursion", "{name} calls itself: {cycle}", "write the repetition as a sum, a prod or a formula"),
    "not_constant":          ("syntax", "{name} has no value here", "a value is a number or a constant expression such as pi/4"),
    "later_statement":       ("syntax", '"{statement}" statements are not there yet', "this version has expressions, bindings and functions"),
    "later_arrays":          ("syntax", "arrays and indexing are not there yet", "this version computes with scalars"),
    "later_function":        ("syntax", "{name} is not there yet", "adcli functions lists the functions of this version"),
    # at the point
    "missing_value":         ("missing_value", "no value for {names}", "add {them} with --at {example}"),
    "function_as_value":     ("missing_value", "{name} is a function: {name}(x)", "call it, or give it a value with --at {name}=..."),
    "not_real":              ("domain", "{text} is not real{point}: {argument} (node {node})", None),
    "not_defined":           ("domain", "{text} is not defined{point}: {argument} (node {node})", None),
    "overflow":              ("overflow", "{text} is too large for a double{point}: {argument} (node {node})", None),
    "not_a_number":          ("not_finite", "{text} has no value{point}: {argument} (node {node})", None),
    "value_not_finite":      ("not_finite", "the value is {value}", None),
    "derivative_not_finite": ("not_finite", "{message}", "--strict asks for finite derivatives"),
    "kink":                  ("kink", "{text} has no two-sided derivative{point} (node {node})", "--kinks subgradient, left or right chooses one"),
    # series
    "range_outside_series":  ("syntax", "{name} takes no range", "a range k=1..n belongs into sum or prod"),
    "series_without_range":  ("arity", "{name} needs a range", "write {name}(k=1..n, k*x^k)"),
    "range_not_whole":       ("not_whole", "a range ends at {value}, which is no whole number", "its ends must be whole numbers at the point"),
    "order_not_whole":       ("not_whole", "{name} needs a whole number from {least} up, got {value}", None),
    "too_many_steps":        ("limit", "the program takes more than {limit} steps", "shorten it, or raise the limit with --max-steps"),
}
# fmt: on

Span = tuple[int, int]
"""A piece of a text: the positions of its first character and of the one after its last."""


class Fault(Exception):
    """A fault in what the person asked for: one message, with its place in the text where there is one.

    ``kind`` is a key of EXIT_STATUS, ``name`` the row of CATALOGUE; ``span`` counts characters of ``text``, which is
    None until someone who knows the text says which it is.
    """

    def __init__(self, name: str, span: Span | None = None, /, **blanks: object) -> None:
        self.name = name
        self.kind, sentence, remedy = CATALOGUE[name]
        shown = {key: printable(str(value)) for key, value in blanks.items()}
        self.message = sentence.format(**shown)
        self.hint = remedy.format(**shown) if remedy else None
        self.span = span
        self.text: str | None = None
        super().__init__(self.message)


def place(text: str, position: int) -> tuple[int, int]:
    """Return the line and the column, both counted from 1, of a position in a text."""
    start = text.rfind("\n", 0, position) + 1
    return text.count("\n", 0, start) + 1, position - start + 1


def printable(text: str, limit: int = 80) -> str:
    """Return text that is safe to show on a terminal and not too long: what a person typed may hold anything."""
    shown = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text[: limit + 1])
    return shown if len(text) <= limit else shown[: limit - 3] + "..."
