"""The check: differences and the complex step against high-precision truth, wrong rules found, claims judged.

Nothing here takes the rules' word: the truth is mpmath's (see truth.py), or a number that can be worked out by hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import mpmath
import numpy as np
import pytest
import truth
from hypothesis import given
from mpmath import mp
from points import points
from test_sweeps import EXPRESSIONS, FAST
from test_sweeps import POINTS as POINTS_OF_PROGRAMS
from test_the_tests import plant

from adcli.answers import Request, answer
from adcli.check import Comparison, compare
from adcli.check.claims import POINTS, Claim, ClaimedFormula, Trial, claims, is_right
from adcli.check.claims import points as claim_points
from adcli.check.differences import Difference, Steps, complex_step, difference, steps
from adcli.check.line import Surroundings, complex_moves
from adcli.elements import written
from adcli.errors import Fault
from adcli.language import Program, array, elaborate, parse
from adcli.numbers import complex as complex_numbers
from adcli.numbers.arrays import ARRAYS
from adcli.numbers.complex import FORMS, Formless
from adcli.numbers.system import FLOATS
from adcli.rules import TABLE, row
from adcli.rules.primitive import Primitive
from adcli.sweeps import evaluate

NO_FORM = ("erf", "erfc", "gamma", "lgamma", "digamma", "polygamma")


def program(text: str, **at: float) -> Program:
    return elaborate(parse(text), at)


def compared(text: str, rounding: dict[str, float] | None = None, **at: float) -> Comparison:
    meant = program(text, **at)
    (found,) = compare(written(meant, at, []), at, meant.inputs, [rounding] if rounding else ())
    return found


def judged(text: str, meant: Program, wrt: Sequence[str], at: dict[str, float]) -> ClaimedFormula:
    return Trial(meant, at).judge(Claim(tuple(wrt), text, False))


def differenced(text: str, x: float, **at: float) -> Difference:
    meant = program(text, x=x, **at)
    return difference(Surroundings(meant, {"x": x, **at}), "x", meant.output)


def stepped(text: str, x: float, **at: float) -> tuple[float | None, str]:
    meant = program(text, x=x, **at)
    return complex_step(complex_moves(meant, {"x": x, **at}), "x", meant.output)


def curve_of(text: str, x: float, exact: float) -> Steps:
    meant = program(text)
    return steps(Surroundings(meant, {"x": x}), "x", meant.output, exact)


def slope(function: Callable[[Any], Any], x: float) -> float:
    with mp.workdps(60):
        return float(mpmath.diff(function, mpmath.mpf(x)))


# --- The complex step ---


def off_in_complex(primitive: Primitive) -> list[str]:
    """Return where the complex step of a row is off the true derivative by more than 1e-14, relatively."""
    function, found, compared = complex_numbers.COMPLEX.by_name[primitive.name], [], 0
    for point in points(primitive, 80, 25):
        if not all(math.isfinite(number) and (number == 0.0 or 1e-7 < abs(number) < 1e7) for number in point):
            continue
        for by, partial in enumerate(primitive.partials):
            true = None if partial is None else truth.first(primitive, point, by)
            if true is None or not 1e-90 < abs(true) < 1e90:
                continue
            step = 2.0**-400
            result = function(*(complex(number, step) if at == by else number for at, number in enumerate(point)))
            if isinstance(result, Formless):
                continue
            compared += 1
            if not abs(result.imag / step - true) <= 1e-14 * abs(true):
                found.append(
                    f"{primitive.name} by argument {by} at {point}: {result.imag / step!r}, not {float(true)!r}"
                )
    return found if compared > 10 else [*found, f"{primitive.name}: compared at {compared} points only"]


def test_there_are_forty_complex_forms() -> None:
    assert len(FORMS) >= 40
    differentiable = {name for name, own in TABLE.items() if own.partials and not own.constant and not own.shown}
    assert differentiable - set(FORMS) == {*NO_FORM, "where", "min", "max"}


@pytest.mark.parametrize("name", [*FORMS, "min", "max"])
def test_the_complex_step_of_a_row(name: str) -> None:
    assert off_in_complex(TABLE[name]) == []


@pytest.mark.parametrize(
    ("name", "careless"),
    [
        ("acoth", lambda x: complex_numbers.cmath.atanh(1.0 / x)),
        ("asech", lambda x: complex_numbers.cmath.acosh(1.0 / x)),
        ("pow", lambda x, y: complex_numbers.cmath.exp(y * complex_numbers.cmath.log(x))),
        ("sech", lambda x: complex_numbers.cmath.cos(x)),
    ],
)
def test_a_careless_form_is_found(name: str, careless: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMS, name, careless)
    kept = complex_numbers.COMPLEX.by_name, complex_numbers.COMPLEX.functions
    for known, key in zip(kept, (name, TABLE[name])):
        known.pop(key, None)
    assert off_in_complex(TABLE[name])
    for known, key in zip(kept, (name, TABLE[name])):
        known.pop(key, None)


@pytest.mark.parametrize(
    ("text", "function", "x"),
    [
        ("x*sin(x)^2/(1 + exp(-x))", lambda x: x * mpmath.sin(x) ** 2 / (1 + mpmath.exp(-x)), 0.7),
        ("ln(1 + x^2)*atan2(x, 3)", lambda x: mpmath.log(1 + x**2) * mpmath.atan2(x, 3), -1.3),
        ("x^x", lambda x: x**x, 2.5),
        ("2^x - x^2.5", lambda x: 2**x - x**2.5, 3.1),
        ("hypot(x, 3*x + 1)", lambda x: mpmath.sqrt(x**2 + (3 * x + 1) ** 2), -4.0),
        ("(-x)^3 + x^-2", lambda x: -(x**3) + x**-2, -1.5),
        ("exp(x)/(cos(x)^3 + sin(x)^3)", lambda x: mpmath.exp(x) / (mpmath.cos(x) ** 3 + mpmath.sin(x) ** 3), 1.5),
        ("cbrt(x)*root(x, 5)", lambda x: mpmath.cbrt(-x) * mpmath.root(-x, 5), -2.0),
        ("max(x^2, 1)*abs(x - 5)", lambda x: x**2 * (5 - x), 3.0),
        ("log(x, 3) + log1p(x) + expm1(x)", lambda x: mpmath.log(x, 3) + mpmath.log1p(x) + mpmath.expm1(x), 0.4),
        ("prod(k=1..5, x - k)", lambda x: (x - 1) * (x - 2) * (x - 3) * (x - 4) * (x - 5), 2.5),
        ("gamma(4)*x^2", lambda x: 6 * x**2, 1.5),
        ("where(x > 0, x^2, gamma(x))", lambda x: x**2, 1.5),
        ("where(gamma(x) > 1, x^3, x)", lambda x: x**3, 3.5),
        ("floor(x)*x + stop(x)", lambda x: 2 * x, 2.5),
    ],
)
def test_the_complex_step_of_a_program(text: str, function: Callable[[Any], Any], x: float) -> None:
    found, reason = stepped(text, x)
    assert reason == ""
    assert found == pytest.approx(slope(function, x), rel=1e-13)


@pytest.mark.parametrize(
    ("text", "x", "reason"),
    [
        *((f"{name}({'1, ' * (name == 'polygamma')}x)", 0.7, f"{name} has no complex form") for name in NO_FORM),
        ("sin(1 + x*erf(x))", 0.7, "erf has no complex form"),
        ("abs(x)", 0.0, "abs has a kink there"),
        ("max(x, 2*x, 3*x)", 0.0, "max has a kink there"),
        ("hypot(x, 0)", 0.0, "hypot has a kink there"),
        ("sqrt(x)", 0.0, "sqrt has a branch point there"),
        ("sqrt(x)^2", 0.0, "sqrt has a branch point there"),
        ("asin(x)", 1.0, "asin has a branch point there"),
        ("x^1.875", 0.0, '"^" has a branch point there'),
        ("atan2(x, 0*x)", 0.0, "atan2 has a branch point there"),
        ("(-2)^x", 3.0, '"^" has no complex form'),
        ("atan(1/x)", 0.0, '"/" is not finite on the way'),
        ("1/(1 + exp(x))", 1000.0, "exp is not finite on the way"),
        ("sqrt(x)", 1e-250, "too small or too large"),
        ("sqrt(x*1e-200)*1e100", 1.0, "too small or too large"),
    ],
)
def test_why_there_is_no_complex_step(text: str, x: float, reason: str) -> None:
    found, said = stepped(text, x)
    assert found is None
    assert reason in said


def test_an_internal_row_has_the_form_that_it_prints_as() -> None:
    internal = [own for own in TABLE.values() if own.shown]
    assert len(internal) >= 10
    for own in internal:
        point = [1.25, 3.0][: own.arity]
        result = complex_numbers.COMPLEX.by_name[own.name](complex(point[0], 2.0**-400), *point[1:])
        assert result.imag * 2.0**400 == pytest.approx(float(truth.first(own, point, 0)), rel=1e-13)


def test_min_and_max_of_many() -> None:
    assert row("max", 4).arity == 4
    assert stepped("max(x, x^2, 3*x, 1)", 2.0) == (3.0, "")


# --- Differences ---

PLACES = (0.3, 1.7, -0.6, -2.4, 1e6, 1e-6, -1e-6, 12.3)


def pairs() -> list[tuple[str, float]]:
    """Return the functions of one argument, each with the places at which the truth knows their derivative."""
    found = []
    for name, own in TABLE.items():
        if own.arity == 1 and not own.shown and name not in ("neg", "not", "stop"):
            inside = FLOATS.expression(own.domain or "1", own.parameters)
            found += [(name, x) for x in PLACES if inside(x) and math.isfinite(FLOATS.functions[own](x))]
    return found


def test_there_are_more_than_sixty_pairs() -> None:
    assert len(pairs()) > 200
    assert sum(abs(x) in (1e6, 1e-6) for _, x in pairs()) > 60


@pytest.mark.parametrize("name", sorted({name for name, _ in pairs()}))
def test_differences_are_within_their_own_estimate(name: str) -> None:
    for x in (x for own, x in pairs() if own == name):
        true = truth.first(TABLE[name], (x,), 0)
        found = differenced(f"{name}(x)", x)
        if true is None:  # a jump, which test_a_jump looks at
            continue
        true = float(true)
        assert found.value is not None and found.error is not None
        assert abs(found.value - true) <= 10.0 * found.error, (name, x)
        if abs(x) < 100.0 and true:
            size = max(abs(true), abs(x * truth.value(TABLE[name], (x,))), 1e-3)
            assert found.error <= 1e-6 * size, (name, x)


@pytest.mark.parametrize(
    ("text", "function", "x"),
    [
        ("sin(1e6*x)", lambda x: mpmath.sin(10**6 * x), 1.0),
        ("sin(1e20*x)", lambda x: mpmath.sin(mpmath.mpf(10) ** 20 * x), 1e-20),
        ("1e-30*x^3 + 1e-30*x", lambda x: mpmath.mpf(10) ** -30 * (x**3 + x), 3e8),
        ("x + 1e10", lambda x: x + 10**10, 1.0),
        ("ln(x)", mpmath.log, 1e-9),
        ("ln(x)", mpmath.log, 1e-200),
        ("sqrt(x)", mpmath.sqrt, 1e-12),
        ("asin(x)", mpmath.asin, 1 - 1e-9),
        ("acos(x)", mpmath.acos, -1 + 1e-12),
        ("acosh(x)", mpmath.acosh, 1 + 1e-10),
        ("tan(x)", mpmath.tan, 1.5707963),
        ("1/x", lambda x: 1 / x, -1e-7),
        ("cos(x)", mpmath.cos, 2.8e8),
        ("(x - 1)^3", lambda x: (x - 1) ** 3, 1.0),
        ("(1 - cos(x))/x^2", lambda x: (1 - mpmath.cos(x)) / x**2, 1e-3),
        ("x^7 - 7*x^6 + 21*x^5 - 35*x^4 + 35*x^3 - 21*x^2 + 7*x - 1", lambda x: (x - 1) ** 7, 1.01),
        ("x^2", lambda x: x**2, 1e150),
        ("exp(-1/x^2)", lambda x: mpmath.exp(-1 / x**2), 0.05),
    ],
)
def test_differences_of_badly_scaled_programs(text: str, function: Callable[[Any], Any], x: float) -> None:
    found = differenced(text, x)
    with mp.workdps(400):
        true = float(mpmath.diff(function, mpmath.mpf(x), h=mpmath.mpf(x) * mpmath.mpf(10) ** -60))
    assert found.value is not None and found.error is not None
    assert abs(found.value - true) <= 10.0 * found.error


def test_the_usual_program_has_eight_digits() -> None:
    for text, x, true in (("exp(x)", 1.0, math.e), ("sin(x)", 1e6, math.cos(1e6)), ("exp(x)", 1e-6, math.exp(1e-6))):
        found = differenced(text, x)
        assert found.value == pytest.approx(true, rel=1e-9)
        assert found.error is not None and found.error < 1e-8 * true
        assert found.note is found.left is found.right is None


@pytest.mark.parametrize(
    ("text", "x", "left", "right", "place"),
    [
        ("abs(x)", 0.0, -1.0, 1.0, "a kink of abs(x)"),
        ("max(x, 2*x)", 0.0, 1.0, 2.0, "a kink of max(x, 2*x)"),
        ("min(x, x^2, 1)", 1.0, 2.0, 0.0, "a kink of min(x, x^2, 1)"),
        ("relu(3*x - 6)", 2.0, 0.0, 3.0, "a kink of relu(3*x - 6)"),
        ("hypot(x, 2*x)", 0.0, -math.sqrt(5), math.sqrt(5), "a kink of hypot(x, 2*x)"),
        ("where(x < 1, x^2, 3*x - 2)", 1.0, 2.0, 3.0, "the boundary of x < 1"),
        ("x^3 if x > 2 and x < 9 else 8", 2.0, 0.0, 12.0, "the boundary of x > 2"),
        ("sqrt(x^2 + 1e-40)", 0.0, -1.0, 1.0, "do not settle"),
    ],
)
def test_differences_on_each_side_of_a_kink(text: str, x: float, left: float, right: float, place: str) -> None:
    found = differenced(text, x)
    assert found.value is None
    assert found.left is not None and found.right is not None
    assert found.left.value == pytest.approx(left, abs=1e-6) and found.left.settled
    assert found.right.value == pytest.approx(right, abs=1e-6) and found.right.settled
    assert place in str(found.note) and "from the left" in str(found.note)


@pytest.mark.parametrize(
    ("text", "x", "true"),
    [("relu(x)", 1e-9, 1.0), ("relu(x)", -1e-9, 0.0), ("abs(x - 1)", 1 + 1e-10, 1.0), ("x*abs(x)", 0.0, 0.0), ("floor(x) + x", 2 - 1e-8, 1.0),
     ("abs(x)^3", 0.0, 0.0), ("max(x, 1)", 1 - 1e-12, 0.0)],
)  # fmt: skip
def test_differences_next_to_a_kink(text: str, x: float, true: float) -> None:
    found = differenced(text, x)
    assert found.value is not None and found.error is not None
    assert abs(found.value - true) <= 10.0 * found.error < 0.1
    assert "near a kink of" in str(found.note)


def test_a_jump_has_no_slope_on_its_far_side() -> None:
    found = differenced("floor(x)", 2.0)
    assert found.value is None and found.left is not None and not found.left.settled
    assert found.right is not None and found.right.value == 0.0 and found.right.settled
    assert "from the left give no finite slope and from the right 0" in str(found.note)


@pytest.mark.parametrize(("text", "x"), [("x^1.875", 0.0), ("x*sqrt(x)", 0.0), ("x^2*ln(x + 1)", -1 + 1e-14)])
def test_the_edge_of_the_domain_is_told(text: str, x: float) -> None:
    assert "near the edge of the domain" in str(differenced(text, x).note)


def test_a_pole_closer_than_any_step_is_no_difference() -> None:
    for text, x in (("tan(x)", math.pi / 2), ("1/(x - 1)", 1 + 2.0**-50), ("lgamma(x)", -1 - 2.0**-48)):
        assert differenced(text, x).value is None


# --- The curve ---


def test_the_errors_of_differences_over_step_sizes() -> None:
    curve = curve_of("exp(x)", 1.0, math.e)
    assert [line.step for line in curve.rows] == [float(f"1e-{k}") for k in range(1, 17)]
    assert curve.best_central is not None and 1e-7 <= curve.best_central <= 1e-4
    assert curve.best_forward is not None and 1e-10 <= curve.best_forward <= 1e-6
    for line, h in zip(curve.rows[:3], (0.1, 0.01, 0.001)):  # where truncation rules, by Taylor's formula
        assert line.forward_error == pytest.approx(math.e * (h / 2 + h * h / 6 + h**3 / 24), rel=1e-4)
        assert line.central_error == pytest.approx(math.e * h * h / 6, rel=1e-3)
    assert curve.rows[-1].forward == curve.rows[-1].central == 0.0  # 1 + 1e-16 is 1
    errors = [line.central_error for line in curve.rows]
    assert min(error for error in errors if error is not None) < 1e-9 < 0.1 < max(map(float, filter(None, errors)))


def test_steps_out_of_the_domain_have_no_error() -> None:
    curve = curve_of("ln(x)", 0.05, 20.0)
    assert curve.rows[0].central is curve.rows[0].central_error is None
    assert curve.rows[0].forward is not None
    outside = curve_of("sqrt(x)", 0.0, math.inf)
    assert outside.best_central is outside.best_forward is None


# --- Side by side ---


def test_all_methods_side_by_side() -> None:
    found = compared("sin(x)*y", x=1.0, y=2.0)
    assert list(found.results) == ["forward", "reverse", "symbolic", "central_difference", "complex_step"]
    for by_name in found.results.values():
        assert by_name == pytest.approx({"x": 2 * math.cos(1), "y": math.sin(1)}, rel=1e-9)
    assert found.agrees and found.reasons == {} and found.notes == []
    assert found.max_error <= 1e-15


def test_what_is_null_has_a_reason() -> None:
    found = compared("gamma(x)*y", x=2.5, y=1.0)
    assert found.agrees
    complex_results = found.results["complex_step"]
    assert complex_results is not None
    assert complex_results["x"] is None and complex_results["y"] == pytest.approx(math.gamma(2.5))
    assert found.reasons == {"complex_step": ["by x: gamma has no complex form"]}
    found = compared("erf(x)", x=0.5)
    assert found.results["complex_step"] is None and found.reasons["complex_step"] == ["by x: erf has no complex form"]


@pytest.mark.parametrize(
    ("text", "at", "derivative"),
    [("sqrt(x)", {"x": 0.0}, math.inf), ("sqrt(x)^2", {"x": 0.0}, math.nan), ("cbrt(x)", {"x": 0.0}, math.inf)],
)
def test_derivatives_that_are_not_finite_agree_in_that(text: str, at: dict[str, float], derivative: float) -> None:
    found = compared(text, **at)
    assert found.agrees and found.max_error == 0.0
    for method in ("forward", "reverse", "symbolic"):
        assert found.results[method] == pytest.approx({"x": derivative}, nan_ok=True)
    assert found.results["central_difference"] is found.results["complex_step"] is None
    assert set(found.reasons) == {"central_difference", "complex_step"}


@pytest.mark.parametrize("text", ["abs(x)", "max(x, 2*x)", "relu(x)", "x*abs(x)", "floor(x) + x", "min(x, -x, 3*x)"])
def test_the_choice_at_a_kink_lies_between_the_sides(text: str) -> None:
    found = compared(text, x=0.0)
    assert found.agrees and len(found.notes) == 1


def test_a_choice_that_no_side_bears_out_is_told() -> None:
    """relu(x) - relu(-x) is x, and its derivative 1; the rules choose 0 - 0."""
    found = compared("relu(x) - relu(-x)", x=0.0)
    assert not found.agrees and found.max_error == 0.0
    (said,) = found.quarrels
    assert said.startswith("by x, the derivative is 0.0 and differences give 1.0")


@pytest.mark.parametrize(
    ("name", "partials", "text"),
    [  # by 0.05 %
        ("sin", ("1.0005*cos(x)",), "sin(x)*y"),
        ("ln", ("0.9995/x",), "ln(x + y)"),
        ("mul", ("y", "1.0005*x"), "x*y"),
        ("div", ("1/y", "-1.0005*r/y"), "x/y"),
        ("pow", ("pow1(x, y)", "1.0005*powln(x, y)"), "x^y"),
        ("gamma", ("1.0005*r*digamma(x)",), "gamma(x*y)"),
        ("erf", ("2.001/sqrt(pi)*gauss(x)",), "erf(x/y)"),
        ("abs", ("1.0005*sign(x)",), "abs(x - y)"),
    ],
)
def test_a_wrong_rule_is_found(
    name: str, partials: tuple[str, ...], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert compared(text, x=0.8, y=1.3).agrees
    plant(name, partials, monkeypatch)
    found = compared(text, x=0.8, y=1.3)
    assert not found.agrees and any("differences" in said for said in found.quarrels)
    if found.results["complex_step"] is not None:
        assert "complex_step" in found.worst.methods and 1e-5 < found.max_error < 1e-3


def test_a_method_that_is_off_alone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The symbolic way computes its formula by the functions of the table, the sweeps by the rules."""
    monkeypatch.setitem(FLOATS.functions, TABLE["cos"], lambda x: math.cos(x) * (1 + 1e-7))
    found = compared("sin(x)*y", x=0.8, y=1.3)
    assert not found.agrees and found.worst.name == "x" and "symbolic" in found.worst.methods
    assert found.max_error == pytest.approx(1.3 * math.cos(0.8) * 1e-7, rel=1e-6)


@pytest.mark.parametrize("scale", [1.0, 1e6, 1e-6])
def test_all_methods_agree_on_random_programs(scale: float) -> None:
    @FAST
    @given(EXPRESSIONS, POINTS_OF_PROGRAMS)
    def check(text: str, near: dict[str, float]) -> None:
        at = {name: x * scale for name, x in near.items()}
        meant = program(text)
        assert compare(written(meant, at, []), at, meant.inputs)[0].quarrels == []

    check()


def test_agreement_allows_for_rounding() -> None:
    text, x = "(1 - cos(x))/x^2", 1e-8  # all digits are lost; the derivative is -x/12 in truth
    assert not compared(text, x=x).agrees
    assert compared(text, {"x": 2e8}, x=x).agrees


# --- Several results, arrays ---


def checked(text: str, **at: Any) -> dict[str, Any]:
    """Return what the command finds."""
    given = {name: np.asarray(x, dtype=float) if isinstance(x, list) else x for name, x in at.items()}
    return answer(Request("check", text, given)).results


def test_several_results_side_by_side() -> None:
    found = checked("[x*y, sin(x), 3]", x=1.0, y=2.0)
    for by_name in found["results"].values():
        assert by_name["x"] == pytest.approx([2.0, math.cos(1.0), 0.0], rel=1e-9)
        assert by_name["y"] == pytest.approx([1.0, 0.0, 0.0], rel=1e-9)
    assert found["agrees"] and found["max_error"] == 0.0 and found["notes"] == []
    assert [len(errors) for errors in found["difference_error"].values()] == [3, 3]


def test_the_jacobian_of_an_array_by_arrays() -> None:
    """T(A)@b has the slope b[i] by A[i, j] and A[i, j] by b[i], in element j, and no other."""
    A, b = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [0.5, -2.0]
    found = checked("T(A)@b", A=A, b=b)
    by_A = [[[b[i] * (j == k) for j in range(3)] for i in range(2)] for k in range(3)]
    for numbers in found["results"].values():
        np.testing.assert_allclose(numbers["A"], by_A, rtol=1e-8)
        np.testing.assert_allclose(numbers["b"], np.transpose(A), rtol=1e-8)
    assert found["agrees"] and np.shape(found["difference_error"]["A"]) == (3, 2, 3)


@pytest.mark.parametrize(
    "text", ["inv(A)", "A@A", "[A@A, 2*A]", "A[0]*A", "softmax(A, axis=0)", "where(A > 2, A^2, A)"]
)
def test_arrays_agree_with_the_jacobian(text: str) -> None:
    at = {"A": np.array([[1.3, 2.5], [0.7, 3.1]])}
    found = checked(text, **at)
    true = answer(Request("jacobian", text, at)).results["jacobian"]["A"]
    assert found["agrees"], found["notes"]
    for numbers in found["results"].values():
        np.testing.assert_allclose(numbers["A"], np.array(true), rtol=1e-7, atol=1e-9)


def test_a_wrong_rule_is_found_in_one_of_several_results(monkeypatch: pytest.MonkeyPatch) -> None:
    plant("sin", ("1.0005*cos(x)",), monkeypatch)
    found = checked("[x^2, sin(x), x*y]", x=0.8, y=1.3)
    assert not found["agrees"] and found["max_error"] == pytest.approx(5e-4 * math.cos(0.8), rel=1e-6)
    assert found["notes"] and all(note.startswith("of f2 by x, ") for note in found["notes"])


def test_reasons_and_notes_name_the_result() -> None:
    found = checked("[x, x*abs(y), y]", x=2.0, y=0.0)
    assert found["results"]["central_difference"]["y"] == [0.0, None, pytest.approx(1.0)]
    assert found["reasons"]["complex_step"].startswith("of f2 by y: abs has a kink")
    assert found["notes"] == [
        "near a kink of abs(y): of f2 by y, differences from the left give -2 and from the right 2"
    ]
    every = checked("[gamma(x), erf(x)*gamma(x)]", x=2.0)
    assert every["results"]["complex_step"] is None
    same = checked("[gamma(x), 2*gamma(x)]", x=2.0)
    assert same["reasons"] == {"complex_step": "gamma has no complex form"}


def test_a_result_twice_and_one_that_is_an_input() -> None:
    found = checked("[x, x, y*y]", x=3.0, y=4.0)
    assert found["agrees"] and found["results"]["forward"] == {"x": [1, 1, 0], "y": [0, 0, 8]}


def test_a_result_without_elements_is_none() -> None:
    with pytest.raises(Fault) as raised:
        checked("x[0:0]", x=[1.0, 2.0])
    assert raised.value.name == "empty_array"


def test_steps_of_several_results() -> None:
    request = Request("check", "[x^2, exp(x)]", {"x": 1.0}, steps=True)
    curves = answer(request).results["steps"]
    assert list(curves) == ["f1 by x", "f2 by x"]
    assert curves["f2 by x"]["rows"][0]["forward_error"] == pytest.approx(
        math.e * (0.05 + 0.01 / 6 + 0.001 / 24), rel=1e-4
    )


def test_rounding_of_the_forward_sweep_is_allowed_for() -> None:
    """1e-10 from a singular matrix the forward sweep multiplies by 1e10 twice, and is off by thousands; reverse has the truth."""
    found = checked("sum(inv(A))", A=[[1.0, 1.0], [1.0, 1.0000000001]])
    results = found["results"]
    assert results["reverse"]["A"][0][0] == pytest.approx(-1.0) and abs(results["forward"]["A"][0][0]) > 1000.0
    assert found["agrees"] and found["max_error"] > 1000.0
    assert any("rounding alone may have moved what forward" in note for note in found["notes"])
    assert min(np.ravel(found["difference_error"]["A"])) > 1.0


@pytest.mark.parametrize(("eaten", "agrees"), [(2e4, True), (1.0, False)])
def test_a_larger_disagreement_than_rounding_explains_is_told(eaten: float, agrees: bool) -> None:
    at = {"A": np.array([[1.0, 1.0], [1.0, 1.0000000001]])}
    meant = elaborate(parse("sum(inv(A))"), at)
    whole = written(meant, at, evaluate(meant.graph, at, ARRAYS))
    (found,) = compare(whole, at, meant.inputs, (), lambda name: [eaten])
    assert found.agrees is agrees
    assert [quarrel.by for quarrel in found.quarrels] == ([] if agrees else ["A[0, 0]"])


@pytest.mark.parametrize(
    ("text", "x", "true"),
    [
        ("x/(x + 1e-10)", 0.0, 1e10),
        ("1/(1e9*x)", 1e-9, -1e9),
        ("atan(1/(x - 1))", 1 + 2.0**-50, -1.0),
        ("1/(x - 1) - 1/(x - 1.25)", 1 - 2.0**-30, -(2.0**60)),
    ],
)
def test_no_difference_spans_a_pole(text: str, x: float, true: float) -> None:
    """Beyond its pole x/(x + 1e-10) is about 1 wherever x may be, and atan(1/(x - 1)) jumps."""
    found = differenced(text, x)
    assert found.value is not None and found.error is not None and "near a pole of" in str(found.note)
    assert abs(found.value - true) <= 10.0 * found.error < 0.01 * abs(true)


def test_what_does_not_depend_on_the_input_is_not_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    meant = program("gamma(x)*y + erf(z)")
    around = Surroundings(meant, {"x": 2.5, "y": 3.0, "z": 0.1})
    monkeypatch.setitem(FLOATS.functions, TABLE["gamma"], None)
    monkeypatch.setitem(FLOATS.functions, TABLE["erf"], None)
    moved = around.moved("y", 4.0)
    assert moved[meant.output] == pytest.approx(math.gamma(2.5) * 4 + math.erf(0.1), rel=1e-15)
    assert moved is around.moved("y", 4.0) and around.values[meant.output] != moved[meant.output]


@FAST
@given(EXPRESSIONS, POINTS_OF_PROGRAMS)
def test_moved_values_are_those_at_the_other_point(text: str, at: dict[str, float]) -> None:
    meant = program(text)
    around = Surroundings(meant, at)
    for name in meant.inputs:
        for x in (at[name] + 1e-3, -at[name], 0.25):
            values = evaluate(meant.graph, {**at, name: x}, FLOATS)
            assert [repr(value) for value in around.moved(name, x)] == [repr(value) for value in values]


# --- Claims ---

RIGHT = {"x": 5.5, "y": 1.716338}


@pytest.mark.parametrize(
    ("text", "agrees"),
    [
        ("x=5.5,y=1.716", [True, True]), ("x=5.4", [False]), ("x=5.50", [True]), ("x=5.51", [False]), ("x=6", [True]), ("x=5", [True]),
        ("x=4", [False]), ("x=11/2", [True]), ("x=5.5 + 0", [True]), ("x=5.5e0", [True]), ("x=55e-1", [True]), ("x=-5.5", [False]),
        ("y=1.7163", [True]), ("y=1.7164", [False]), ("y=1.71634", [True]), ("y=1.716338", [True]), ("y=1.7163381", [False]),
        ("y=0", [False]), ("y = 1.7, x = 5.5", [True, True]), ("y=1_7/10", [False]), ("x=-−5.5", [True]), ("x=sqrt(30.25)", [True]),
        ("x=11/2.001", [False]),
    ],
)  # fmt: skip
def test_a_claim_is_right_to_the_digits_given(text: str, agrees: list[bool]) -> None:
    found = claims(text, list(RIGHT), list(RIGHT), several=False)
    assert all(one.constant for one in found)
    assert [is_right(one.text, *array(one.text), RIGHT[one.by[0]]) for one in found] == agrees


@pytest.mark.parametrize(
    ("text", "several", "found"),
    [
        ("x=5.5,y=2*x", False, [(("x",), "5.5", True), (("y",), "2*x", False)]),
        ("[y, 1/2]", False, [(("x",), "y", False), (("y",), "1/2", True)]),
        ("[sin(x)*(y + 1), -x^2]", True, [(("x",), "sin(x)*(y + 1)", False), (("y",), "-x^2", False)]),
        ("q = x^2; q*y", True, [(("x", "y"), "q = x^2; q*y", False)]),
        ("2*x", True, [(("x", "y"), "2*x", False)]),
        ("x == 2", True, [(("x", "y"), "x == 2", False)]),
    ],
)
def test_what_is_claimed(text: str, several: bool, found: list[tuple[tuple[str, ...], str, bool]]) -> None:
    assert [tuple(claim)[:3] for claim in claims(text, ["x", "y"], ["x", "y"], several)] == found


@pytest.mark.parametrize(
    ("typed", "right", "agrees"),
    [
        ("1e-3", 0.0014, True), ("1e-3", 0.0016, False), ("0", 0.3, False), ("0", 0.0, True), ("0", -0.0, True), ("-0", 0.0, True), ("0", 1e-17, False), ("0.", 0.3, False), ("0e0", 0.3, False),
        ("0.0", 0.04, True), ("0.0", 0.06, False), ("-2.50", -2.504, True), ("-2.50", -2.506, False), ("- 2.50", -2.5, True), ("−2.50", -2.5, True),
        ("2.5", 2.45, True), ("2.5", 2.55, True), ("2.5", 2.4499999, False), ("1.682941969615793", 1.682941969615793, True),
        ("1.682941969615793", 1.68294196961580, False), ("100", 100.4, True), ("100", 101.0, False), ("1e2", 149.0, True), ("1e2", 151.0, False),
        (".5", 0.46, True), ("5.", 5.4, True), ("3", math.nan, False), ("3", math.inf, False), ("1E6", 1e6, True), ("6.02e23", 6.022e23, True),
    ],
)  # fmt: skip
def test_the_digits_rule(typed: str, right: float, agrees: bool) -> None:
    value = float(typed.replace("−", "-").replace(" ", ""))
    assert is_right(typed, value, right) is agrees


def test_constant_expressions_are_meant_exactly() -> None:
    assert is_right("pi/4", math.pi / 4, 0.7853981633974483)
    assert not is_right("pi/4", math.pi / 4, 0.78539817)
    assert is_right("1/3", 1 / 3, 1 / 3 * (1 + 1e-10)) and not is_right("1/3", 1 / 3, 0.3333)
    assert is_right("sin(pi)", math.sin(math.pi), 0.0, 1e-15) and not is_right("0", 0.0, 1e-17)
    assert not is_right("2*6.626e-34", 1.3252e-33, 6.626e-34)
    assert is_right("inf", math.inf, math.inf) and not is_right("-inf", -math.inf, math.inf)


@pytest.mark.parametrize(
    ("text", "row", "span"),
    [
        ("x=1,z=1", "no_inputs_like", (4, 5)),
        ("x=1,x=1", "given_twice", (4, 5)),
        ("x=", "missing_after", (1, 2)),
        ("x", "claim_by_what", None),
        ("[x, 1, 2]", "claim_length", None),
        (" ", "empty_claim", None),
    ],
)
def test_a_claim_that_is_none(text: str, row: str, span: tuple[int, int] | None) -> None:
    with pytest.raises(Fault) as raised:
        claims(text, list(RIGHT), list(RIGHT), several=False)
    assert raised.value.name == row
    assert span is None or (raised.value.span == span and raised.value.text == text)


FORMULAS = [  # a program, by what, its derivative in several spellings, and what it is not
    ("sin(x^2)", "x", ["2*x*cos(x^2)", "cos(x^2)*x*2", "x*cos(x*x)/0.5"], ["cos(x^2)", "2*x*cos(x)^2", "2*x*sin(x^2)"]),
    ("ln(x)", "x", ["1/x", "x^-1"], ["1/abs(x) + 1e-6", "-1/x", "ln(x)/x"]),
    ("x^3*y^2", "x", ["3*x^2*y^2", "3*(x*y)^2"], ["3*x^2*y", "2*x^3*y"]),
    ("x^3*y^2", "x,y", ["6*x^2*y"], ["6*x*y^2"]),
    ("x^4", "x,x", ["12*x^2"], ["4*x^3"]),
    ("tan(x)", "x", ["1 + tan(x)^2", "sec(x)^2", "1/cos(x)^2"], ["sec(x)", "1/(1 + x^2)"]),
    ("asin(x)", "x", ["1/sqrt(1 - x^2)"], ["1/sqrt(1 + x^2)", "1/(1 - x^2)"]),
    ("x^x", "x", ["x^x*(ln(x) + 1)", "x^x*ln(e*x)"], ["x*x^(x - 1)", "x^x*ln(x)"]),
    ("(x + 1)^10", "x", ["10*(x + 1)^9"], ["10*x^9"]),
    ("exp(x)/(1 + exp(x))", "x", ["exp(x)/(1 + exp(x))^2", "sigmoid(x)*(1 - sigmoid(x))"], ["1/(1 + exp(x))^2"]),
    ("6.674e-11*m/r^2", "m", ["6.674e-11/r^2"], ["0", "6.67e-11/r^2"]),
    (
        "sin(x)",
        "x",
        ["cos(x)", "sin(x + pi/2)", "1 - 2*sin(x/2)^2"],
        ["cos(x) + 1e-6*x", "0.99999*cos(x)", "1 - x^2/2"],
    ),
    ("abs(x)", "x", ["x/abs(x)", "sign(x)"], ["1"]),
    ("cbrt(x)", "x", ["x^(-2/3)/3", "1/(3*cbrt(x)^2)"], ["x^(2/3)/3"]),
    ("(x^2 - 1)/(x - 1)", "x", ["1"], ["x"]),
    ("sqrt(x) + sqrt(y) + sqrt(z)", "z", ["1/(2*sqrt(z))"], ["1/sqrt(z)"]),
    ("gamma(x)", "x", ["gamma(x)*digamma(x)"], ["digamma(x)"]),
    ("x*5 - 3*x", "x", ["2"], ["2.00001", "x"]),
]


@pytest.mark.parametrize(
    ("text", "by", "rights", "wrongs"), FORMULAS, ids=[f"{text} by {by}" for text, by, *_ in FORMULAS]
)
def test_a_claimed_formula(text: str, by: str, rights: list[str], wrongs: list[str]) -> None:
    wrt = by.split(",")
    for right in rights:
        found = judged(right, program(text), wrt, {})
        assert found.agrees and found.points >= 60, right
    for wrong in wrongs:
        found = judged(wrong, program(text), wrt, {})
        assert not found.agrees, wrong
        assert abs(found.claimed - found.right) > 1e-9 * abs(found.right)
        assert found.worst.keys() == program(text).inputs.keys()


def test_a_claim_is_compared_elsewhere_than_at_the_point() -> None:
    """x^2 has the slope 2 at 1, as 2 has, and 2*x^3; only 2*x has it everywhere."""
    for text, agrees in (("2*x", True), ("2", False), ("2*x^3", False)):
        assert judged(text, program("x^2"), ["x"], {"x": 1.0}).agrees is agrees


def test_a_domain_far_out_is_found_by_the_point() -> None:
    with pytest.raises(Fault) as raised:
        judged("1/(x - 1e6)", program("ln(x - 1e6)"), ["x"], {})
    assert raised.value.name == "claim_undecided" and raised.value.kind == "domain"
    at = {"x": 2e6}
    assert judged("1/(x - 1e6)", program("ln(x - 1e6)", **at), ["x"], at).agrees
    assert not judged("1/x", program("ln(x - 1e6)", **at), ["x"], at).agrees


def test_inputs_that_shape_the_program_stay() -> None:
    at = {"x": 2.0, "n": 5.0}
    meant = program("sum(k=1..n, x^k)", **at)
    assert judged("sum(k=1..n, k*x^(k - 1))", meant, ["x"], at).agrees
    assert not judged("sum(k=1..n, k*x^k)", meant, ["x"], at).agrees


@pytest.mark.parametrize(
    ("text", "by", "row"),
    [
        ("2*z", "x", "no_inputs_like"),
        ("cos(x", "x", "unclosed"),
        ("2*x", "q", "no_inputs_like"),
        ("sen(x)", "x", "unknown_function_near"),
        ("[2*x, 1]", "x", "claim_by_what"),
    ],
)
def test_a_claimed_formula_that_is_none(text: str, by: str, row: str) -> None:
    with pytest.raises(Fault) as raised:
        judged(text, program("x^2*y"), [by], {})
    assert raised.value.name == row
    assert raised.value.text == (text if by == "x" and row != "claim_by_what" else None)


def test_the_points_of_a_claim() -> None:
    at = {"x": 3.0, "y": -4.0, "n": 2.0}
    meant = program("sum(k=1..n, x*y)", **at)
    made = [*claim_points(meant, at)]
    assert made[0] == at and len(made) == POINTS and made == [*claim_points(meant, at)]
    assert {point["n"] for point in made} == {2.0}
    for name in ("x", "y"):
        numbers = [point[name] for point in made]
        assert min(numbers) < -10.0 and max(numbers) > 10.0 and min(map(abs, numbers)) < 0.01
        assert 20 < sum(number < 0 for number in numbers) < 180
    assert sum(min(point["x"], point["y"]) > 0.0 for point in made) > 50


# --- What was once wrong ---


def test_what_underflows_in_a_complex_step_has_none() -> None:
    for text, x in (("1e-300*x", 1.0), ("exp(-x)", 700.0)):
        found = compared(text, x=x)
        assert found.results["complex_step"] is None and found.agrees, text
    assert compared("x^3", x=0.0).results["complex_step"] == {"x": 0.0}


def test_a_stop_is_held_where_it_is() -> None:
    assert compared("x^2 + stop(x)", x=1.0).agrees
    assert compared("stop(x)*x", x=3.0).results["complex_step"] == {"x": 3.0}
