"""What can go wrong, in the person's words.

One row a fault: its kind (which JSON shows and which decides the exit status), its sentence, and the remedy. Code that
finds a fault names the row and fills in the blanks: ``raise fault("unknown_function", span, name="sen", near="sin")``.
A sentence never holds a token name of the grammar, and what the person typed is made printable before it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

FINE, INTERNAL, USAGE, PARSE, EVALUATE, DISAGREEMENT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

EXIT_STATUS = {
    "internal": INTERNAL,
    **dict.fromkeys(("usage", "unknown_input", "bad_order"), USAGE),
    **dict.fromkeys(("syntax", "ambiguous", "unknown_function", "arity", "name_clash", "recursion", "data"), PARSE),
    **dict.fromkeys(
        ("missing_value", "domain", "overflow", "shape", "singular", "limit", "kink", "not_whole", "not_finite"),
        EVALUATE,
    ),
    "disagreement": DISAGREEMENT,
}

# fmt: off
CATALOGUE = {
    # name                 kind                sentence                                             remedy
    # calls and names
    "unknown_function":      ("unknown_function", 'unknown function "{name}"', "adcli functions lists the ones there are"),
    "unknown_function_near": ("unknown_function", 'unknown function "{name}"', "did you mean {near}?"),
    "variable_called":       ("unknown_function", "{name} is a variable, not a function", "to multiply write {instead}"),
    "named_argument":        ("arity", "{name} takes no argument with =", "to compare write =="),
    "used_before":           ("unknown_function", "{name} is used before it is defined", "move its definition up"),
    "arity":                 ("arity", "{name} takes {wanted}, got {got}", None),
    "own_function":          ("name_clash", "{name} is one of adcli's own functions", "choose another name"),
    "both_ways":             ("name_clash", "{name} is used both as a function and as a value", "choose another name for one of them"),
    "recursion":             ("recursion", "{name} calls itself: {cycle}", "write the repetition as a sum, a prod or a formula"),
    "not_constant":          ("syntax", "{name} has no value here", "a value is a number or a constant expression such as pi/4"),
    "deriv_by_what":         ("syntax", "deriv needs the name of a variable after the comma", "write deriv(x^2, x)"),
    "empty_array":           ("shape", "an array without elements is no result", "put expressions between the brackets"),
    "no_result":             ("syntax", 'the last statement is a "{statement}", which has no result', "end with an expression, such as the name of a result"),
    "formula_of_arrays":     ("shape", "diff gives formulas of numbers, and this program has arrays", "adcli grad gives their derivatives as numbers, in the shape of each input"),
    "along_an_array":        ("shape", "a Taylor series goes along one number, and {name} is an array of the shape {shape}", "put a number into the program: {name} = [t, ...], or {name} + t*[...], and take it along t"),
    "claim_shape":           ("shape", "the claim about {name} must be an array of the shape {shape}, as {name} is", "write --claim \"{name}=[...]\", with an element for each of {name}'s"),
    "claim_about_several":   ("shape", "a claim is about one result, and this program has an array of them", "take one element of it: name the result, r = ..., and end with ; r[0]"),
    "claim_orders":          ("shape", "a second derivative by an array is not one number that could be claimed", "claim a first derivative, element by element"),
    "check_too_long":        ("limit", "differences {of}by {count} of a program of {steps} operations on numbers take too long", "name one input with --wrt, or check the program on smaller arrays"),
    "written_out":           ("limit", "written out number by number, as this needs, the program takes about {steps} operations", "at most {most} are written out: take smaller arrays"),
    "index_outside":         ("shape", "index {index} is outside an axis of {size}", "indices count from 0, and -1 is the last"),
    "indices":               ("shape", "{count} are too many for {array}", "give at most one for each axis"),
    "number_indexed":        ("shape", "{text} is a number, which has no elements", "leave the index out"),
    "no_length":             ("shape", "a number has no length", None),
    "no_axis":               ("shape", "there is no axis {axis} in {array}", "axes count from 0, and -1 is the last"),
    "empty_has_none":        ("shape", "an empty array has no {name}", None),
    "zero_step":             ("shape", "the step of {what} cannot be 0", None),
    "negative_size":         ("shape", "a size cannot be negative, and this one is {size}", None),
    "ragged":                ("shape", "the {what}: {one} and {other}", "an array has as many elements in each row"),
    "ragged_value":          ("data", "{where}the rows of {name} differ in length", "an array has as many elements in each row"),
    "cannot_fill":           ("shape", "{array} has {count}, which cannot fill the shape {shape}", None),
    "takes":                 ("shape", "{name} takes {wanted}, and here is {got}", None),
    "deriv_of_array":        ("shape", "deriv takes a formula with one number as its value, and this one is an array", "adcli jacobian gives the derivatives of an array"),
    "size_not_whole":        ("not_whole", "a size, an axis or an index must be a whole number at the point", None),
    "not_a_number_there":    ("shape", "an array cannot stand here", "a number is wanted"),
    "misfit":                ("shape", "the {shapes} not fit in {text}", None),
    "singular":              ("singular", "{text} cannot be computed: the matrix is {what}", None),
    "too_large":             ("limit", "{text} is an array too large for the memory", None),
    # at the point
    "missing_value":         ("missing_value", "no value for {names}", "add {them} with --at {example}"),
    "set_too_late":          ("missing_value", "{name} has no value where it is used: what gives it one comes later, or is not run", "give it one before, as in {name} = 0, or with --at {name}=..."),
    "given_constant":        ("name_clash", "{name} is a constant in the program, and is given a value", "choose another name for the input"),
    "function_as_value":     ("missing_value", "{name} is a function: {name}(x)", "call it, or give it a value with --at {name}=..."),
    "not_real":              ("domain", "{text} is not real{point}: {argument} (node {node})", None),
    "not_defined":           ("domain", "{text} is not defined{point}: {argument} (node {node})", None),
    "overflow":              ("overflow", "{text} is too large for a double{point}: {argument} (node {node})", None),
    "not_a_number":          ("not_finite", "{text} is not finite{point}: {argument} (node {node})", None),
    "value_not_finite":      ("not_finite", "the value is {value}", None),
    "derivative_not_finite": ("not_finite", "{message}", "--strict asks for finite derivatives"),
    "kink":                  ("kink", "{text} has no two-sided derivative{point} (node {node})", "--kinks subgradient takes one, and so do left and right of adcli grad"),
    "literal_too_large":     ("overflow", "the number is too large for a double", "doubles end at about 1.8e308"),
    "empty_point":           ("data", "there is nothing in {option}", "write {option} x=1,y=pi/4"),
    "infinite_constant":     ("data", "this value is infinite", "if it is meant to be, write inf"),
    "no_inputs_like":        ("unknown_input", "{name} is not an input of the program", "its inputs: {inputs}"),
    "gradient_of_array":     ("shape", "a gradient is that of one result, and this program has an array of them", "adcli jacobian gives every derivative, adcli vjp --cotangent 1,0 that of a combination"),
    "one_result":            ("shape", "{command} wants a program with one result, and this one has an array of them", "adcli jacobian takes arrays"),
    "one_input":             ("usage", "{command} is by one input, and here are {count}", "name it with --wrt {example}"),
    "one_sided":             ("usage", "--kinks {side} needs the forward mode, whose tangents tell the side", "leave out --mode, or take --mode forward"),
    "order_and_names":       ("usage", "--order is of one input, and --wrt names several", "write --wrt x,x,y, or --wrt x --order 2"),
    "formula_too_long":      ("limit", "the formula has more than {limit} operations", "take a lower order, or numbers: adcli taylor"),
    "bad_order":             ("bad_order", "an order is a number from {least} to {most}, not {got}", None),
    "cotangent_length":      ("shape", "--cotangent has {got} for {wanted}", "give one for each result: --cotangent 1,0"),
    "tangent_shape":         ("shape", "the tangent of {name} has the shape {got}, and {name} {wanted}", "give it one of the same shape"),
    "cotangent_shape":       ("shape", "the cotangent has the shape {got}, and the result {wanted}", "give it one of the same shape"),
    "tangent_outside":       ("unknown_input", "{name} has a tangent, but is not among the names of --wrt", None),
    "disagreement":          ("disagreement", "the methods do not agree", "please report it, unless a note above explains it"),
    "wrong_claim":           ("disagreement", "the claim is not right", "--reveal shows the right answer"),
    "empty_claim":           ("usage", "--claim is empty", "write --claim x=5.5, or a formula"),
    "claim_by_what":         ("usage", "it is not said by which input this is the derivative", "write --claim {example}, or name the input with --wrt"),
    "claim_length":          ("shape", "the claim has {got} for {wanted}", "give one derivative for each input, in their order"),
    "no_inputs":             ("usage", "the program has no inputs to differentiate by", None),
    "seed_not_finite":       ("data", "{name} has an infinite tangent", "a direction is made of finite numbers"),
    "claim_undecided":       ("domain", "the claim and the derivative both have values at only {count} of {tried} points, which decides nothing", "claim a number at a point with --at"),
    "shapes_the_program":    ("unknown_input", "{name} shapes the program (it ends a range) and is not differentiated by", None),
    "given_twice":           ("data", "{name} is given a value twice", "give it one"),
    "point_nan":             ("data", "{name} is not a number", "give it one"),
    "point_file":            ("data", "cannot read {file}: {reason}", None),
    "point_json":            ("data", "{file} is no JSON: {reason} at line {line}, column {column}", None),
    "point_object":          ("data", "{file} holds no JSON object", 'write {{"x": 1, "y": 2}}'),
    "point_value":           ("data", "in {file} the value of {name} is not a number, or too large for a double", 'write {{"{name}": 1}}'),
    # requests of run
    "request_json":          ("data", "the line is no JSON: {reason}", None),
    "request_object":        ("data", "a request is a JSON object", 'write {{"command": "grad", "expression": "x^2", "at": {{"x": 3}}}}'),
    "request_twice":         ("data", "the request has the key {key} twice", "give it once"),
    "request_without":       ("usage", "the request has no {key}", 'add "{key}": {example}'),
    "request_command":       ("usage", "there is no command {name}", "the commands: {commands}"),
    "request_key":           ("usage", "a request for {command} has no key {key}", "its keys: {keys}"),
    "request_value":         ("usage", "the {key} of a request must be {wanted}", 'write "{key}": {example}'),
    # files
    "unreadable_file":       ("data", "cannot read {file}: {reason}", None),
    "not_utf8":              ("data", "{source} is not UTF-8 text (line {line})", "save it as UTF-8"),
    # data
    "data_empty":            ("data", "{file} is empty", "its first line names the columns: x,y"),
    "data_rows":             ("data", "{file} has no rows below its header", None),
    "data_header":           ("data", '{where}: "{header}" is no name of a column', "the first line names the columns, with letters, digits and _ and commas between them: x,y"),
    "data_constant":         ("data", "{where}: {name} is a constant", "choose another name"),
    "data_twice":            ("data", "{where}: there are two columns {name}", "choose another name for one of them"),
    "data_clash":            ("data", "{name} is a column of {other} and of {file}", "choose another name for one of them"),
    "data_given":            ("data", "{name} is a column of {file} and given by --at", "give it one value"),
    "data_line":             ("data", "{file}, line {line}: there is nothing in it", "delete it"),
    "data_quote":            ("data", "{file}, line {line}: a cell begins with a quote and does not end with one", 'a cell stays on its line, and a quote within quotes is written twice: ""'),
    "data_ragged":           ("data", "{file}, line {line} has {got} for {wanted}", None),
    "data_missing":          ("data", "{where}: the cell is empty", "delete the row, or fill it in"),
    "data_cell":             ("data", '{where}: "{cell}" is not a number', None),
    "data_infinite":         ("data", "{where}: {cell} is not a finite number", None),
    "data_object":           ("data", "{file} holds no JSON object of columns", 'write {{"x": [1, 2], "y": [3, 4]}}'),
    "data_value":            ("data", "in {file} {name} is neither a number nor a list of numbers", 'write {{"{name}": [1, 2]}}'),
    "data_list":             ("data", "{file}, line {line}: {name} is a list, and a line holds one number of each column", "write a line for each element, or one JSON object of lists in a .json file"),
    "data_row":              ("data", "{file}, line {line} holds no JSON object", 'write one a line: {{"x": 1, "y": 2}}'),
    "data_keys":             ("data", "{file}, line {line} has other keys than line 1, which has {keys}", None),
    "data_number":           ("data", "{file}, line {line}: {name} is not a number, or too large for a double", None),
    # many points
    "points_undefined":      ("not_finite", "{sentence}", "their values and derivatives are nan"),
    "points_clash":          ("data", "{file} has a column {name} already, which is what a result would be called", "choose another name for it"),
    "points_empty":          ("data", "{file} is empty", 'a line is a point: {{"x": 1, "y": 2}}'),
    "points_twice":          ("data", "{file}, line {line} has {name} twice", "give it once"),
    "points_column":         ("missing_value", "no value for {names}: the columns of {file} are {columns}", "{remedy}"),
    "points_key":            ("data", "{file}, line {line}: there is no {name}", "every line needs the inputs of the program"),
    "points_array":          ("shape", "{name} is an array; with --points derivatives are by numbers", "name others with --wrt"),
    "points_shape":          ("shape", "{got} comes out here, and {wanted} before", "every point must give a result of one shape"),
    "points_extra":          ("usage", "{format} files need pyarrow", "install it: pip install 'adcli[arrow]'"),
    # series
    "range_outside_series":  ("syntax", "{name} takes no range", "a range k=1..n belongs into sum or prod"),
    "series_without_range":  ("arity", "{name} needs a range", "write {name}(k=1..n, k*x^k)"),
    "range_not_whole":       ("not_whole", "a range ends at {value}, which is no whole number", "its ends must be whole numbers at the point"),
    "order_not_whole":       ("not_whole", "{name} needs a whole number from {least} up, got {value}", None),
    "too_many_steps":        ("limit", "the program takes more than {limit} steps", "shorten it, or raise the limit with --max-steps"),
    # what does not parse
    "empty":                 ("syntax", "there is nothing to read", "type an expression such as x^2 + 3*x"),
    "ends_early":            ("syntax", "something is missing at the end", None),
    "line_ends_early":       ("syntax", "something is missing at the end of the line", "a line that ends in an operator or a comma goes on"),
    "misplaced":             ("syntax", '"{word}" cannot stand here', None),
    "misplaced_block":       ("syntax", "a block in {{ }} cannot stand here", "a block belongs to a for, while, if or else"),
    "missing_after":         ("syntax", 'an operand is missing after "{sign}"', "put a number, a name or a bracket there"),
    "missing_before":        ("syntax", 'an operand is missing before "{sign}"', "put a number, a name or a bracket there"),
    "doubled":               ("syntax", '"{sign}" stands there twice', "write it once"),
    "empty_place":           ("syntax", 'there is nothing before this ","', "put an expression there, or leave the comma out"),
    "empty_brackets":        ("syntax", "there is nothing between the brackets", "put an expression there"),
    "empty_statement":       ("syntax", 'there is nothing before this ";"', "leave it out"),
    "unclosed":              ("syntax", 'missing "{closing}" for the "{opening}" at {place}', "close it"),
    "unopened":              ("syntax", '"{closing}" closes nothing', "leave it out, or open a bracket before it"),
    "mismatched":            ("syntax", '"{closing}" cannot close the "{opening}" at {place}', 'close that one first, with "{wanted}"'),
    "lone_bar":              ("syntax", 'this "|" opens nothing that is closed', "bars come in pairs: |x| is abs(x)"),
    "no_operator":           ("syntax", 'an operator is missing before "{right}"', "to multiply write {left}*{right}"),
    "no_operator_there":     ("syntax", 'an operator is missing before "{right}"', "to multiply write * there"),
    "no_condition":          ("syntax", 'this "{word}" has no condition', "write {word} x > 0 {{ ... }}"),
    "no_index":              ("syntax", 'a name must follow "for"', "write for k in 1..n {{ ... }}"),
    "point_commas":          ("syntax", "values are separated by commas", "write x=1, y=2"),
    "point_form":            ("syntax", "a value is given as name=value", "write x=1, y=pi/4"),
    "no_brackets":           ("syntax", "the argument of {name} needs brackets", "write {name}({argument})"),
    "two_points":            ("syntax", "{number} is not a number", "a number has one decimal point"),
    "not_decimal":           ("syntax", "{word} is not a decimal number", "write numbers in decimal; to multiply by a name write *"),
    "underscores":           ("syntax", "{word} is not a number", "an underscore stands between two digits, as in 1_000"),
    "bad_superscript":       ("syntax", "{word} is not a power", "write the power as ^(...)"),
    "root_of_what":          ("syntax", "√ needs a name, a number or a bracket after it", "write √(...)"),
    "root_of_call":          ("syntax", "√ needs a bracket before {name}", "write √({name}(...))"),
    "factorial":             ("syntax", '"!" is not an operator here', "the factorial of x is gamma(x+1); not equal is !="),
    "percent":               ("syntax", '"%" is not an operator here', "for a percentage divide by 100"),
    "foreign_word":          ("syntax", '"{word}" is not an operator here', "write {instead}"),
    "shell":                 ("syntax", '"{word}" has no meaning here', "in single quotes the shell leaves an expression alone"),
    "python":                ("syntax", '"{word}" is not mathematics', "an expression has numbers, names, operators and functions only"),
    "file_name":             ("syntax", '"{word}" looks like the name of a file', 'the shell put it in place of a *: write the expression in quotes, "..."'),
    "stray_dot":             ("syntax", 'a "." stands alone', "a decimal number is written 0.5, a range 1..n"),
    "control_character":     ("syntax", "there is an invisible character in the text ({code})", "delete it"),
    "lookalike":             ("syntax", "{name} has no meaning here", "type {plain}"),
    "strange_character":     ("syntax", "{name} has no meaning here", "names are made of Latin and Greek letters, digits and _"),
    "spaced_comparison":     ("syntax", "a comparison is one sign", "write {sign}"),
    "equals_in_brackets":    ("syntax", '"=" cannot stand here', "to compare write =="),
    "two_equals":            ("syntax", 'a second "=" cannot stand here', "to compare write =="),
    "no_name":               ("syntax", 'there is nothing left of "="', "write y = ... or f(x) = ..."),
    "bad_target":            ("syntax", 'the left of "=" must be a name or f(x, y)', "to compare write =="),
    "repeated_parameter":    ("syntax", "{name} is a parameter twice", "give each parameter a name of its own"),
    "binds_constant":        ("name_clash", "{name} is a constant", "choose another name"),
    "lost_value":            ("syntax", "the value of this expression is lost", "only the last expression is the result; a line that ends in an operator goes on"),
    "range_outside":         ("syntax", 'a range ".." cannot stand here', "ranges belong into sum(k=1..n, k^2), prod and for k in 1..n"),
    "series_without_body":   ("syntax", "an expression is missing after the range", "write it after a comma: sum(k=1..n, k^2)"),
    "positional_after_named": ("syntax", "a plain argument cannot follow a named one", "put it before them; to compare write =="),
    "if_without_else":       ("syntax", 'this "if" has no "else"', "write a if condition else b"),
    "else_without_if":       ("syntax", 'this "else" has no "if"', "write a if condition else b"),
    "no_block":              ("syntax", 'this "{word}" has no block', "write it between {{ and }}"),
    "loose_comma":           ("syntax", 'a "," cannot stand here', "a decimal point is ., as in 3.5; statements are separated by ;"),
    "loose_colon":           ("syntax", 'a ":" cannot stand here', "a slice is written x[1:3], a division a/b"),
    # what can be read in two ways
    "two_numbers":           ("ambiguous", "{left} {right} could be a product or one number", "write {left}*{right} or {left}{right}"),
    "bare_exponent":         ("ambiguous", "how far the exponent reaches is not clear", "write {base}^{exponent}*{factor} or {base}^({exponent}*{factor})"),
    "divided_product":       ("ambiguous", "how far the divisor reaches is not clear", "write {top}/{first}*{rest} or {top}/({first}*{rest})"),
    "root_of_power":         ("ambiguous", "{typed} can be read in two ways", "write √({base}{power}) or (√{base}){power}"),
    "raised_twice":          ("ambiguous", "which power comes first is not clear", "write (x{raised})^{power} or x^({plain}^{power})"),
    "root_of_product":       ("ambiguous", "how far the root reaches is not clear", "write √({left}*{right}) or (√{left})*{right}"),
    "inverse":               ("ambiguous", "{name}^-1 can be read in two ways", "write {other}(...) for the inverse function or 1/{name}(...) for the quotient"),
    "negative_power":        ("ambiguous", "{name}^{exponent} can be read in two ways", "write {name}(...)^{exponent} for the power"),
}
# fmt: on

LONGEST = 300
"""Characters of a piece of a message: what a person typed may be long."""

Span = tuple[int, int]
"""A piece of a text: the positions of its first character and of the one after its last."""


class Fault(Exception):
    """A fault in what the person asked for: one message, with its place in the text where there is one.

    ``kind`` is a key of EXIT_STATUS, ``name`` the row of CATALOGUE; ``span`` counts characters of ``text``, which is
    None until someone who knows the text says which it is.
    """

    def __init__(self, name: str, span: Span | None = None, /, **blanks: object) -> None:
        self.name, self.blanks = name, blanks
        self.kind, sentence, remedy = CATALOGUE[name]
        shown = {key: printable(str(value), LONGEST) for key, value in blanks.items()}
        self.message = sentence.format(**shown)
        self.hint = remedy.format(**shown) if remedy else None
        self.span = span
        self.text: str | None = None
        super().__init__(self.message)
        if self.hint:
            self.__notes__ = [self.hint]  # which Python shows below the message from 3.11 on

    @property
    def column(self) -> int | None:
        """The column of its line, counted from 1, at which the place begins."""
        return None if self.text is None or self.span is None else place(self.text, self.span[0])[1]

    @property
    def line(self) -> int | None:
        """The line on which the place begins, counted from 1."""
        return None if self.text is None or self.span is None else place(self.text, self.span[0])[0]

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the row and what is in its blanks, so that a fault of another process can be raised here."""
        blanks = {key: str(value) for key, value in self.blanks.items()}
        return _again, (self.name, self.span, blanks, self.text)


def _again(name: str, span: Span | None, blanks: dict[str, str], text: str | None) -> Fault:
    """Return a fault that was pickled."""
    fault = Fault(name, span, **blanks)
    fault.text = text
    return fault


def no_value(names: Sequence[str]) -> Fault:
    """Return the fault of inputs without a value, all in one."""
    example = ",".join(f"{name}=..." for name in names[:6])
    return Fault("missing_value", names=", ".join(names), them="it" if len(names) == 1 else "them", example=example)


def not_in_json(constant: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python reads and JSON has not."""
    raise ValueError(f"{constant} is not in JSON")


def place(text: str, position: int) -> tuple[int, int]:
    """Return the line and the column, both counted from 1, of a position in a text."""
    start = text.rfind("\n", 0, position) + 1
    return text.count("\n", 0, start) + 1, position - start + 1


def in_line(message: str, text: str | None, span: Span | None) -> str:
    """Return a message with the line of its place in front, where the text has several lines."""
    if text is None or span is None or "\n" not in text.strip():
        return message
    return f"line {place(text, span[0])[0]}: {message}"


def plural(count: int, word: str, several: str = "") -> str:
    """Return "1 sweep", "2 sweeps"; "2 indices" if that is the word for several."""
    return f"{count:,} {word if count == 1 else several or word + 's'}"


def printable(text: str, limit: int) -> str:
    """Return text that is safe to show on a terminal and not too long: what a person typed may hold anything."""
    shown = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text[: limit + 1])
    return shown if len(text) <= limit else shown[: limit - 3] + "..."
