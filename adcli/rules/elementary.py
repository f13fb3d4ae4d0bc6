"""The table, first part: arithmetic, comparisons and the elementary functions.

Where a textbook's formula would lose digits (1 - x^2 near 1, x^2 beyond 1e154) the rule is written the way that keeps
them, or names one of the internal rows at the foot, which print as the textbook's formula.
"""

from __future__ import annotations

from adcli.rules.primitive import AND, COMPARISON, NOT, OR, POWER, PRODUCT, SIGN, SUM, Primitive

# fmt: off

ARITHMETIC = [
    Primitive("add", ("1", "1"),                   "sum rule: the derivatives are added", sign="+", strength=SUM),
    Primitive("sub", ("1", "-1"),                  "difference rule", sign="-", strength=SUM),
    Primitive("mul", ("y", "x"),                   "product rule", sign="*", strength=PRODUCT, points="0"),
    Primitive("div", ("1/y", "-r/y"),              "quotient rule", sign="/", strength=PRODUCT, domain="y != 0", points="0"),
    Primitive("neg", ("-1",),                      "the derivative of -x is -1", sign="-", strength=SIGN),
    Primitive("pow", ("pow1(x, y)", "powln(x, y)"), "power rule; by the exponent, the function itself times ln x",
              sign="^", strength=POWER, points="0, 1", domain="x > 0 or x == 0 and y >= 0 or x < 0 and y == floor(y)"),
]

CONDITIONS = [  # their derivative is 0 wherever it exists; equal sides are a boundary, and moved says what is next to it
    Primitive("lt", ("0", "0"), "1 where true, 0 where false", sign="<",  strength=COMPARISON, kink="x == y", moved="dx < dy"),
    Primitive("le", ("0", "0"), "1 where true, 0 where false", sign="<=", strength=COMPARISON, kink="x == y", moved="dx <= dy"),
    Primitive("gt", ("0", "0"), "1 where true, 0 where false", sign=">",  strength=COMPARISON, kink="x == y", moved="dx > dy"),
    Primitive("ge", ("0", "0"), "1 where true, 0 where false", sign=">=", strength=COMPARISON, kink="x == y", moved="dx >= dy"),
    Primitive("eq", ("0", "0"), "1 where true, 0 where false", sign="==", strength=COMPARISON, kink="x == y", moved="dx == dy"),
    Primitive("ne", ("0", "0"), "1 where true, 0 where false", sign="!=", strength=COMPARISON, kink="x == y", moved="dx != dy"),
    Primitive("and", ("0", "0"), "1 where both are true", sign="and", strength=AND),
    Primitive("or",  ("0", "0"), "1 where one is true",   sign="or",  strength=OR),
    Primitive("not", ("0",),     "1 where x is false",    sign="not", strength=NOT),
]

WHERE = Primitive("where", ("0", "1", "1"), "the branch that is taken is the one differentiated", parameters=("c", "x", "y"))

POWERS = [
    Primitive("sqrt",  ("1/(2*r)",),             "one over twice the root", aliases=("√",), domain="x >= 0", points="0"),
    Primitive("cbrt",  ("1/(3*r^2)",),           "one over three times the squared root", points="0"),
    Primitive("root",  ("root1(x, n)", None),    "the n-th root of x, over n*x", parameters=("x", "n"),
              domain="x >= 0 or n/2 != floor(n/2)", points="0"),
    Primitive("hypot", ("cosine(x, y)", "cosine(y, x)"), "each side over the hypotenuse", points="0",
              kink="x == 0 and y == 0", chosen="0", sided="hypot(dx, dy)"),
    Primitive("exp",   ("r",),                   "the exponential is its own derivative"),
    Primitive("exp2",  ("r*ln(2)",),             "the function itself times ln 2"),
    Primitive("expm1", ("exp(x)",),              "the derivative of e^x - 1 is e^x", points="0"),
    Primitive("ln",    ("1/x",),                 "the derivative of the natural logarithm is 1/x", aliases=("log",),
              domain="x > 0", points="0, 1"),
    Primitive("log2",  ("1/ln(2)/x",),           "1/x over ln 2", domain="x > 0", points="0, 1"),
    Primitive("log10", ("1/ln(10)/x",),          "1/x over ln 10", aliases=("lg",), domain="x > 0", points="0, 1"),
    Primitive("log1p", ("1/(1 + x)",),           "the derivative of ln(1 + x) is 1/(1 + x)", domain="x > -1", points="-1, 0"),
]

TRIGONOMETRIC = [
    Primitive("sin", ("cos(x)",),                "the derivative of sine is cosine", points="0, pi, -pi, pi/2, 100*pi"),
    Primitive("cos", ("-sin(x)",),               "the derivative of cosine is minus sine", points="0, pi/2, -pi/2, pi, 100*pi"),
    Primitive("tan", ("1/cos(x)^2",),            "one over cosine squared", aliases=("tg",), points="0, pi/2, -pi/2, pi"),
    Primitive("cot", ("-csc(x)^2",),             "minus one over sine squared", domain="x != 0", points="0, pi/2, pi, -pi"),
    Primitive("sec", ("r*tan(x)",),              "secant times tangent", points="0, pi/2, -pi/2, pi"),
    Primitive("csc", ("-r*cot(x)",),             "minus cosecant times cotangent", domain="x != 0", points="0, pi, -pi, pi/2"),
    Primitive("asin", ("1/sqrt(cosquare(x))",),  "one over the root of 1 - x^2", aliases=("arcsin",),
              domain="abs(x) <= 1", points="-1, 0, 1"),
    Primitive("acos", ("-1/sqrt(cosquare(x))",), "minus one over the root of 1 - x^2", aliases=("arccos",),
              domain="abs(x) <= 1", points="-1, 0, 1"),
    Primitive("atan", ("lorentz(x)",),           "one over 1 + x^2", aliases=("arctan",), points="0"),
    Primitive("acot", ("-lorentz(x)",),          "minus one over 1 + x^2; acot(x) is atan(1/x)", points="0",
              kink="x == 0", chosen="-1", sided="-dx", moved="where(dx < 0, -r, r)"),
    Primitive("asec", ("1/abs(x)/(sqrt(abs(x) - 1)*sqrt(abs(x) + 1))",),  "one over |x| times the root of x^2 - 1",
              domain="abs(x) >= 1", points="-1, 1"),
    Primitive("acsc", ("-1/abs(x)/(sqrt(abs(x) - 1)*sqrt(abs(x) + 1))",), "minus one over |x| times the root of x^2 - 1",
              domain="abs(x) >= 1", points="-1, 1"),
    Primitive("atan2", ("polar(x, y)", "-polar(y, x)"), "the angle turns by the cross part over the squared distance",
              parameters=("y", "x"), points="0"),
]

HYPERBOLIC = [
    Primitive("sinh", ("cosh(x)",),              "the derivative of sinh is cosh", points="0"),
    Primitive("cosh", ("sinh(x)",),              "the derivative of cosh is sinh, without a minus", points="0"),
    Primitive("tanh", ("sech2(x)",),             "one over cosh squared", points="0"),
    Primitive("coth", ("-csch2(x)",),            "minus one over sinh squared", domain="x != 0", points="0"),
    Primitive("sech", ("-r*tanh(x)",),           "minus sech times tanh", points="0"),
    Primitive("csch", ("-r*coth(x)",),           "minus csch times coth", domain="x != 0", points="0"),
    Primitive("asinh", ("1/hypot(1, x)",),       "one over the root of 1 + x^2", aliases=("arsinh", "arcsinh"), points="0"),
    Primitive("acosh", ("1/(sqrt(x - 1)*sqrt(x + 1))",), "one over the root of x^2 - 1", domain="x >= 1", points="1"),
    Primitive("atanh", ("1/cosquare(x)",),       "one over 1 - x^2", domain="abs(x) < 1", points="-1, 0, 1"),
    Primitive("acoth", ("1/(1 - x)/(1 + x)",),   "one over 1 - x^2, outside [-1, 1]", domain="abs(x) > 1", points="-1, 1"),
    Primitive("asech", ("-1/x/sqrt(cosquare(x))",), "minus one over x times the root of 1 - x^2",
              domain="0 < x <= 1", points="0, 1"),
    Primitive("acsch", ("-1/abs(x)/hypot(1, x)",), "minus one over |x| times the root of 1 + x^2", domain="x != 0", points="0"),
]

PIECEWISE = [
    Primitive("abs",   ("sign(x)",),   "the derivative of |x| is the sign of x", points="0",
              kink="x == 0", chosen="0", sided="abs(dx)"),
    Primitive("sign",  ("0",),         "constant but for the jump at 0", aliases=("sgn",), points="0",
              kink="x == 0", chosen="0", moved="sign(dx)"),
    Primitive("floor", ("0",),         "constant between its jumps at whole numbers", points="0, 1, -1",
              kink="x == floor(x)", chosen="0", moved="where(dx < 0, r - 1, r)"),
    Primitive("ceil",  ("0",),         "constant between its jumps at whole numbers", points="0, 1, -1",
              kink="x == floor(x)", chosen="0", moved="where(dx > 0, r + 1, r)"),
    Primitive("round", ("0",),         "constant between its jumps; halves go to the even number", points="1/2, -1/2, 3/2",
              kink="x - floor(x) == 1/2", chosen="0", moved="where(r < x, where(dx > 0, r + 1, r), where(dx < 0, r - 1, r))"),
    Primitive("step",  ("0",),         "constant but for the jump at 0, where it is 1/2", aliases=("heaviside",), points="0",
              kink="x == 0", chosen="0", moved="step(dx)"),
    Primitive("relu",  ("x > 0",),     "1 for positive x, otherwise 0", points="0",
              kink="x == 0", chosen="0", sided="max(dx, 0)"),
    Primitive("min",   ("step(y - x)", "step(x - y)"), "the smaller one takes it", points="0",
              kink="x == y", chosen="1/2 each", sided="min(dx, dy)"),
    Primitive("max",   ("step(x - y)", "step(y - x)"), "the larger one takes it", points="0",
              kink="x == y", chosen="1/2 each", sided="max(dx, dy)"),
    Primitive("stop",  ("0",),         "its derivative is taken as 0"),
]

INTERNAL = [
    Primitive("pow1",    ("where(abs(x) < 1e-154 and y == 0, 0, y*pow1(x, y - 1))", "x^(y - 1) + y*powln(x, y - 1)"),
              shown="y*x^(y - 1)"),
    Primitive("powln",   ("y*powln(x, y - 1) + x^(y - 1)", "where(x == 0, 0, r*ln(x))"), shown="x^y*ln(x)"),
    Primitive("root1",   ("where(n == 1, 0, (1 - n)*r/(n*x))", None), parameters=("x", "n"), shown="root(x, n)/(n*x)"),
    Primitive("cosquare", ("-2*x",), shown="(1 - x)*(1 + x)"),
    Primitive("sech2",   ("-2*r*tanh(x)",), shown="1/cosh(x)^2"),
    Primitive("csch2",   ("-2*r*coth(x)",), shown="1/sinh(x)^2"),
    Primitive("lorentz", ("-2*x*r*r",), shown="1/(1 + x^2)"),
    Primitive("cosine",  ("cosine(y, x)*(cosine(y, x)/hypot(x, y))", "-r*cosine(y, x)/hypot(x, y)"), shown="x/hypot(x, y)"),
    Primitive("polar",   ("(cosine(y, x) - cosine(x, y))*(cosine(y, x) + cosine(x, y))/hypot(x, y)/hypot(x, y)",
                          "-2*cosine(x, y)*cosine(y, x)/hypot(x, y)/hypot(x, y)"), shown="x/(x^2 + y^2)"),
]
# fmt: on

ROWS = [*ARITHMETIC, *CONDITIONS, WHERE, *POWERS, *TRIGONOMETRIC, *HYPERBOLIC, *PIECEWISE, *INTERNAL]
