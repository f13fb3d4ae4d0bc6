"""The table, second part: sigmoids, the error function and the gamma family."""

from __future__ import annotations

from adcli.rules.primitive import Primitive

NO_POLE = "x > 0 or x != floor(x)"
POLES = "0, -1, -2, -3"

# fmt: off
ROWS = [
    Primitive("sigmoid",   ("sigmoid1(x)",),         "sigma(x) times 1 - sigma(x), which is sigma(-x)",
              aliases=("logistic", "expit", "σ"), points="0"),
    Primitive("logit",     ("1/x/(1 - x)",)  ,       "one over x times 1 - x", domain="0 < x < 1", points="0, 1/2, 1"),
    Primitive("softplus",  ("sigmoid(x)",),          "the derivative of ln(1 + e^x) is the sigmoid", points="0"),
    Primitive("erf",       ("2/sqrt(pi)*gauss(x)",), "the bell curve exp(-x^2), times 2 over the root of pi", points="0"),
    Primitive("erfc",      ("-2/sqrt(pi)*gauss(x)",), "minus the bell curve exp(-x^2), times 2 over the root of pi", points="0"),
    Primitive("gamma",     ("r*digamma(x)",),        "the function itself times digamma", domain=NO_POLE, points=POLES),
    Primitive("lgamma",    ("digamma(x)",),          "the derivative of ln|gamma| is digamma", domain=NO_POLE,
              points=POLES + ", 1, 2"),
    Primitive("digamma",   ("polygamma(1, x)",),     "trigamma", domain=NO_POLE, points=POLES + ", 1.4616321449683623"),
    Primitive("polygamma", (None, "polygamma(n + 1, x)"), "the next polygamma", parameters=("n", "x"),
              domain=NO_POLE, points=POLES),
    Primitive("sigmoid1",  ("-r*tanh(x/2)",), shown="sigmoid(x)*sigmoid(-x)"),
    Primitive("gauss",     ("-2*x*r",), shown="exp(-x^2)"),
]
# fmt: on
