"""adcli from Python: a program is read once, and asked for values and derivatives at many points.

    >>> import adcli
    >>> f = adcli.parse("sin(x)*y")
    >>> f.gradient({"x": 1, "y": 2})
    {'x': 1.0806046117362795, 'y': 0.8414709848078965}

A point is a mapping of names to numbers, nested lists or NumPy arrays. What comes back is a float, or a NumPy array of doubles
where the program has arrays or several results; by input it is a dict. An array belongs to the caller, who may change it.

What the command line tells as an error is raised as a Fault; what it warns of (kinks, derivatives that are not finite) is an
AdcliWarning. A point may have more names than a program uses.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from math import isnan, nan
from operator import index
from typing import TYPE_CHECKING, Any, NoReturn

from adcli.answers import Answer, Request, answer
from adcli.errors import Fault
from adcli.language.memory import MEMORY, Parsed
from adcli.language.tokens import name_of
from adcli.requests import SIDED

if TYPE_CHECKING:
    from typing import Literal

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Value = float | NDArray[np.float64]
    Point = Mapping[str, ArrayLike]
    Names = str | Sequence[str]
    Mode = Literal["reverse", "forward"]
    Kinks = Literal["subgradient", "error"]
    Side = Literal["subgradient", "left", "right", "error"]
    Batch = Literal["eval", "grad", "jvp", "jacobian", "hessian"]

__all__ = ["AdcliWarning", "Fault", "Program", "parse"]

MODES = (None, "reverse", "forward")
KINKS = ("subgradient", "error")
SIDES = (*KINKS, "left", "right")
BATCH = ("eval", "grad", "jvp", "jacobian", "hessian")


class AdcliWarning(UserWarning):
    """What is worth knowing of a result. ``kind`` is that of the command line's JSON: kink, boundary, infinite_derivative ..."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message, kind)
        self.kind = kind

    def __str__(self) -> str:
        return str(self.args[0])


def parse(text: str) -> Program:
    """Return a program; raise Fault for a text that cannot be read. What depends on the point (a function that there is not, a
    value that is missing) is a Fault of the methods."""
    return Program(text)


class Program:
    """A program. It does not change, so threads may share it; it is equal to another one of the same text, and it is pickled by
    its text. The graph of a program without branches and loops that the point decides is made once.

    All methods take the point first. ``wrt`` names the inputs to differentiate by, unless all; ``mode`` is "reverse" or
    "forward"; ``kinks`` is "subgradient", "left", "right" (of gradient, jvp and jacobian) or "error"; with ``strict`` a
    derivative that is not finite is a Fault instead of a warning.
    """

    __slots__ = ("_parsed",)
    _parsed: Parsed

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise TypeError(f"a program is read from a text, not from {type(text).__name__}")
        object.__setattr__(self, "_parsed", MEMORY.parsed(text))

    @property
    def text(self) -> str:
        """The text that the program was read from."""
        return self._parsed.text

    def value(self, at: Point | None = None) -> Value:
        """Return the value: a float or an array."""
        return result(self._asked("eval", at).results["value"])

    def gradient(
        self,
        at: Point | None = None,
        wrt: Names | None = None,
        mode: Mode | None = None,
        kinks: Side = "subgradient",
        strict: bool = False,
    ) -> dict[str, Value]:
        """Return the derivative of a program with one result by each input, in the shape of the input."""
        found = self._asked("grad", at, wrt=names(wrt), mode=mode, kinks=kinks, strict=strict)
        return by_name(found.results["gradient"])

    def jvp(
        self,
        at: Point,
        tangent: Point,
        kinks: Side = "subgradient",
        strict: bool = False,
    ) -> Value:
        """Return the derivative in a direction, in the shape of the result; an input without a tangent stands still."""
        found = self._asked("jvp", at, tangent=point(tangent, "tangent"), kinks=kinks, strict=strict)
        return result(found.results["tangent"])

    def vjp(
        self,
        at: Point,
        cotangent: ArrayLike,
        wrt: Names | None = None,
        kinks: Kinks = "subgradient",
        strict: bool = False,
    ) -> dict[str, Value]:
        """Return the derivative of the sum of cotangent times result by each input; the cotangent has the shape of the result."""
        given = number_or_array("cotangent", cotangent, "cotangent")
        listed = [given] if isinstance(given, float) else given.tolist()
        found = self._asked("vjp", at, cotangent=listed, wrt=names(wrt), kinks=kinks, strict=strict)
        return by_name(found.results["cotangent_product"])

    def jacobian(
        self,
        at: Point | None = None,
        wrt: Names | None = None,
        mode: Mode | None = None,
        kinks: Side = "subgradient",
        strict: bool = False,
    ) -> dict[str, Value]:
        """Return the derivatives of every result by each input: an array whose axes are those of the result, then the input's.
        Unasked, it takes the mode that needs fewer sweeps."""
        found = self._asked("jacobian", at, wrt=names(wrt), mode=mode, kinks=kinks, strict=strict)
        return by_name(found.results["jacobian"])

    def hessian(
        self,
        at: Point | None = None,
        wrt: Names | None = None,
        kinks: Kinks = "subgradient",
        strict: bool = False,
    ) -> dict[str, dict[str, Value]]:
        """Return the second derivatives of a program with one result by each pair of inputs: the axes of the first, then those
        of the second."""
        found = self._asked("hessian", at, wrt=names(wrt), kinks=kinks, strict=strict)
        return {name: by_name(row) for name, row in found.results["hessian"].items()}

    def hvp(
        self,
        at: Point,
        tangent: Point,
        wrt: Names | None = None,
        kinks: Kinks = "subgradient",
        strict: bool = False,
    ) -> dict[str, Value]:
        """Return the Hessian times a direction, by each input; an input without a tangent stands still."""
        direction = point(tangent, "tangent")
        found = self._asked("hvp", at, tangent=direction, wrt=names(wrt), kinks=kinks, strict=strict)
        return by_name(found.results["hvp"])

    def taylor(
        self,
        at: Point | None = None,
        order: int = 5,
        wrt: str | None = None,
        kinks: Kinks = "subgradient",
        strict: bool = False,
    ) -> list[Value]:
        """Return the Taylor coefficients c_0 ... c_order along one number, the only input unless named; nan for one that does
        not exist. The derivative of order k is k! times c_k."""
        if not hasattr(order, "__index__"):
            raise TypeError(f"order is a whole number, not {order!r}")
        found = self._asked("taylor", at, order=index(order), wrt=names(wrt), kinks=kinks, strict=strict)
        return [nan if coefficient is None else result(coefficient) for coefficient in found.results["coefficients"]]

    def derivative(self, wrt: Names | None = None, at: Point | None = None) -> Program:
        """Return the derivative as a program: by the only input, by the one named, or by several names one after the other. What
        shapes the program, such as the end of a range, is given by ``at``, for it is part of the formula."""
        parsed = self._parsed
        given = point({} if at is None else at, "at")
        program = parsed.at(given)
        shaping = {name: value for name, value in given.items() if name in program.shaping}
        found = answer(Request("diff", parsed.text, shaping, wrt=names(wrt)), program)
        return Program(found.results["derivative"])

    def points(
        self,
        columns: Mapping[str, ArrayLike],
        at: Point | None = None,
        command: Batch = "grad",
        wrt: Names | None = None,
        tangent: Mapping[str, float] | None = None,
        kinks: Side = "subgradient",
        workers: int | None = None,
    ) -> dict[str, NDArray[np.float64]]:
        """Return what a command finds at many points, on threads: arrays as long as the ``columns``, which are the values of
        numbers; ``at`` has the inputs that are the same everywhere, which are not differentiated by.

        They are named as ``adcli --points`` names its columns: value, grad_x ... Nothing is warned of, and where a value is not
        finite, it and its derivatives are nan. ``workers`` is the number of threads, unless one for each processor.
        """
        from adcli.batch.memory import at_points

        one_of("command", command, BATCH)
        if workers is not None and index(workers) < 1:
            raise ValueError(f"workers is a number of threads, not {workers}")
        one_of("kinks", kinks, SIDES if command in SIDED else KINKS)
        same = point({} if at is None else at, "at")
        if command == "jvp" and tangent is None:
            raise ValueError("jvp needs a tangent, such as {'x': 1}")
        way = None if tangent is None else point(tangent, "tangent")
        request = Request(command, self.text, same, names(wrt), kinks=kinks, tangent=way, data=frozenset(same))
        named: dict[str, Any] = {}
        if not hasattr(columns, "items"):
            raise TypeError(f"the columns are a mapping of names to arrays, not {type(columns).__name__}")
        for given, column in columns.items():
            if (name := name_of(given)) in named:
                raise Fault("given_twice", name=name)
            named[name] = column
        return at_points(request, named, workers)

    def trace(
        self,
        at: Point | None = None,
        wrt: Names | None = None,
        mode: Mode = "reverse",
        kinks: Side = "subgradient",
    ) -> dict[str, list[dict[str, Any]]]:
        """Return the steps of a gradient, as in the JSON of ``adcli grad --trace``: rows by the keys "primal" and, by the mode,
        "adjoint" or "tangent"."""
        from adcli.render.json import trace_record

        found = self._asked("grad", at, wrt=names(wrt), mode=mode, kinks=kinks, trace=True)
        assert found.trace is not None  # it was asked for
        return trace_record(found.trace, found.mode)

    def _asked(self, command: str, at: Point | None, **options: Any) -> Answer:
        """Return the answer to a command, and warn of what there is to be said."""
        one_of("mode", options.get("mode"), MODES)
        one_of("kinks", options.get("kinks", KINKS[0]), SIDES if command in SIDED else KINKS)
        parsed = self._parsed
        given = point({} if at is None else at, "at")
        program = parsed.at(given)
        idle = frozenset(given.keys() - program.inputs.keys())
        found = answer(Request(command, parsed.text, given, data=idle, **options), program)
        for finding in found.findings:
            warnings.warn(AdcliWarning(finding.message, finding.kind), stacklevel=3)
        return found

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"adcli.parse({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return self.text == other.text if isinstance(other, Program) else NotImplemented

    def __hash__(self) -> int:
        return hash((Program, self.text))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a program does not change: {name} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a program does not change: {name} cannot be deleted")

    def __reduce__(self) -> tuple[Any, ...]:
        return parse, (self.text,)


def one_of(word: str, given: str | None, known: Sequence[str | None]) -> None:
    """Refuse an option that is not among the known ones."""
    if given not in known:
        raise ValueError(f"{word} is one of {', '.join(map(repr, known))}, not {given!r}")


def names(wrt: Names | None) -> list[str] | None:
    """Return the names of inputs; a text is one name."""
    if wrt is None or isinstance(wrt, str):
        return None if wrt is None else [wrt]
    if not isinstance(wrt, Iterable) or not all(isinstance(name, str) for name in wrt):
        raise TypeError(f"wrt is a name or a list of names, not {wrt!r}")
    return list(wrt)


def point(at: Point, what: str) -> dict[str, Any]:
    """Return the values of a point as the program takes them."""
    if not isinstance(at, Mapping):
        raise TypeError(f"{what} is a mapping of names to values, not {type(at).__name__}")
    found: dict[str, Any] = {}
    for given, value in at.items():
        if not isinstance(given, str):
            raise TypeError(f"{what} has names for its keys, not {given!r}")
        name = name_of(given)
        if name in found:
            raise Fault("given_twice", name=name)
        found[name] = value if value.__class__ is float and value == value else number_or_array(name, value, what)
    return found


def number_or_array(name: str, value: Any, what: str) -> Any:
    """Return a value as a float or an array of doubles; raise Fault for what is neither."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            raise Fault("point_value", file=what, name=name) from None
        if isnan(number):
            raise Fault("point_nan", name=name)
        return number
    from adcli.numbers.arrays import from_any

    array = from_any(value)
    if array is None:
        raise Fault("point_value", file=what, name=name)
    return array


def result(value: Any) -> Value:
    """Return a float as it is, and an array or the numbers of several results as an array of its own."""
    if isinstance(value, float):
        return value
    from adcli.numbers.arrays import own

    array: NDArray[np.float64] = own(value)
    return array


def by_name(values: Mapping[str, Any]) -> dict[str, Value]:
    """Return the results by name."""
    return {name: result(value) for name, value in values.items()}
