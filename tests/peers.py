"""What the other programs of bench.py are given to compute: ``python tests/peers.py WHAT PEER ...`` does one of it and says
what it took.

    text PEER            read a formula from standard input, and print its derivative by x at x = 1, y = 2
    sweep PEER NAME N    build a program of about N operations on single numbers, as one writes a loop, and print the nanoseconds
                         an operation of its value, and of its value and gradient, once it is built (or compiled)

Each runs in a process of its own, so that one which runs out of stack or time spoils nothing but its own cell.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

sys.path.insert(0, str(Path(__file__).parents[1]))

Value = Callable[[], Any]
Function = Callable[[Any], Any]

# --- The programs: how many inputs one of about so many operations has, and its value, given the inputs and a sine ---


def rosenbrock(x: Any, inputs: int, sin: Function) -> Any:
    """Compute Rosenbrock's function."""
    total = 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2
    for k in range(1, inputs - 1):
        total = total + (100 * (x[k + 1] - x[k] ** 2) ** 2 + (1 - x[k]) ** 2)
    return total


def product(x: Any, inputs: int, sin: Function) -> Any:
    """Compute the product of all inputs."""
    total = x[0]
    for k in range(1, inputs):
        total = total * x[k]
    return total


def sines(x: Any, inputs: int, sin: Function) -> Any:
    """Compute the sine of the sine of ... of the only input."""
    result = x[0]
    for _ in range(SIZE):
        result = sin(result)
    return result


SIZE = 0
PROGRAMS: dict[str, tuple[Any, Callable[[int], int]]] = {
    "rosenbrock": (rosenbrock, lambda size: size // 8 + 1),
    "product": (product, lambda size: size + 1),
    "sines": (sines, lambda size: 1),
}


def start(inputs: int) -> list[float]:
    """Give the point: numbers a little larger than 1."""
    return [1 + k / (10 * inputs * inputs) for k in range(inputs)]


# --- One function a peer: what computes the value, and what the value and the gradient, of a program at the point ---


def adcli(program: Any, inputs: int) -> tuple[Value, Value]:
    from adcli.derive import gradient
    from adcli.language import elaborate, parse
    from adcli.numbers.system import FLOATS
    from adcli.sweeps import evaluate

    names = [f"x{k}" for k in range(inputs)]
    point = dict(zip(names, start(inputs)))
    made = elaborate(parse(str(program(list(map(Text, names)), inputs, Text.sin))), point)

    def value() -> Any:
        return evaluate(made.graph, point, FLOATS)

    return value, lambda: gradient(made.graph, made.output, value(), made.inputs)


class Text:
    """A formula that writes itself, one statement a step."""

    steps: ClassVar[list[str]] = []

    def __init__(self, text: str) -> None:
        self.text = text

    def step(self, text: str) -> Text:
        self.steps.append(f"t{len(self.steps)} = {text}")
        return Text(f"t{len(self.steps) - 1}")

    def sin(self) -> Text:
        return self.step(f"sin({self.text})")

    def __add__(self, other: Text) -> Text:
        return self.step(f"{self.text} + {other.text}")

    def __mul__(self, other: Text) -> Text:
        return self.step(f"{self.text}*{other.text}")

    def __sub__(self, other: Text) -> Text:
        return self.step(f"{self.text} - {other.text}")

    def __rmul__(self, number: float) -> Text:
        return self.step(f"{number}*{self.text}")

    def __rsub__(self, number: float) -> Text:
        return self.step(f"{number} - {self.text}")

    def __pow__(self, number: float) -> Text:
        return self.step(f"{self.text}^{number}")

    def __str__(self) -> str:
        return "\n".join([*self.steps, self.text])


def autograd(program: Any, inputs: int) -> tuple[Value, Value]:
    import autograd.numpy as np
    from autograd import value_and_grad

    point = start(inputs)

    def function(x: Any) -> Any:
        return program(x, inputs, np.sin)

    return lambda: function(point), lambda: value_and_grad(function)(point)


def jax(program: Any, inputs: int) -> tuple[Value, Value]:
    import jax

    jax.config.update("jax_enable_x64", True)
    point = start(inputs)

    def function(x: Any) -> Any:
        return program(x, inputs, jax.numpy.sin)

    value, both = jax.jit(function), jax.jit(jax.value_and_grad(function))
    return lambda: jax.block_until_ready(value(point)), lambda: jax.block_until_ready(both(point))


def torch(program: Any, inputs: int) -> tuple[Value, Value]:
    import torch

    point = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in start(inputs)]

    def value() -> Any:
        return program(point, inputs, torch.sin)

    return value, lambda: torch.autograd.grad(value(), point)


def casadi(program: Any, inputs: int) -> tuple[Value, Value]:
    import casadi

    x, point = casadi.SX.sym("x", inputs), casadi.DM(start(inputs))
    result = program([x[k] for k in range(inputs)], inputs, casadi.sin)
    value = casadi.Function("value", [x], [result])
    both = casadi.Function("both", [x], [result, casadi.gradient(result, x)])
    return lambda: value(point), lambda: both(point)


def sympy(program: Any, inputs: int) -> tuple[Value, Value]:
    import sympy

    x, point = sympy.symbols(f"x:{inputs}"), start(inputs)
    result = program(x, inputs, sympy.sin)
    value = sympy.lambdify([x], result, "math")
    both = sympy.lambdify([x], [result, *(sympy.diff(result, name) for name in x)], "math", cse=True)
    return lambda: value(point), lambda: both(point)


def symengine(program: Any, inputs: int) -> tuple[Value, Value]:
    import symengine

    x, point = symengine.symbols(f"x:{inputs}"), start(inputs)
    result = program(x, inputs, symengine.sin)
    value = symengine.Lambdify(x, [result])
    both = symengine.Lambdify(x, [result, *(symengine.diff(result, name) for name in x)], cse=True)
    return lambda: value(point), lambda: both(point)


SWEEPERS = {peer.__name__: peer for peer in (adcli, autograd, jax, torch, casadi, sympy, symengine)}


def best(work: Value) -> float:
    """Give the least time of some runs, half a second long or at least two, after one that is not counted."""
    work()
    least, runs, end = float("inf"), 0, time.perf_counter() + 0.5
    while runs < 2 or time.perf_counter() < end:
        begin = time.perf_counter()
        work()
        least, runs = min(least, time.perf_counter() - begin), runs + 1
    return least


def sweep(peer: str, name: str, size: int) -> None:
    """Measure a peer on a program."""
    global SIZE
    SIZE = size
    program, inputs_of = PROGRAMS[name]
    sys.setrecursionlimit(10_000)
    value, both = SWEEPERS[peer](program, inputs_of(size))
    print(*(f"{best(work) / size * 1e9:.1f}" for work in (value, both)))


# --- Text to gradient ---


def text(peer: str) -> None:
    """Print the derivatives of a formula by x and y at (1, 2); what a library does not read, Python reads for it."""
    source = sys.stdin.read().replace("^", "**").replace("ln(", "log(")
    if peer in ("sympy", "symengine"):
        library = __import__(peer)
        x, y = library.symbols("x y")
        formula = library.sympify(source)
        found = [library.diff(formula, name).subs({x: 1.0, y: 2.0}) for name in (x, y)]
    elif peer == "casadi":
        import casadi as ca

        v = ca.SX.sym("v", 2)
        formula = value_of(source, v[0], v[1], ca)
        found = ca.Function("g", [v], [ca.gradient(formula, v)])([1, 2])
    elif peer == "torch":
        import torch as to

        point = [to.tensor(number, dtype=to.float64, requires_grad=True) for number in (1.0, 2.0)]
        found = to.autograd.grad(value_of(source, *point, to), point)
    elif peer == "jax":
        import jax as ja

        ja.config.update("jax_enable_x64", True)
        found = ja.grad(lambda x, y: value_of(source, x, y, ja.numpy), (0, 1))(1.0, 2.0)
    else:
        import autograd as au
        import autograd.numpy as np

        found = au.grad(lambda x, y: value_of(source, x, y, np), (0, 1))(1.0, 2.0)
    print(found)


def value_of(source: str, x: Any, y: Any, functions: Any) -> Any:
    """Compute the benchmark's own formula by Python, with the functions of a library."""
    names = {name: getattr(functions, name) for name in ("sin", "exp", "log", "sqrt")}
    return eval(source, names | {"x": x, "y": y})


def main(words: Sequence[str]) -> None:
    """Do what is asked for."""
    gc.disable()
    if words[0] == "text":
        text(words[1])
    else:
        sweep(words[1], words[2], int(words[3]))


if __name__ == "__main__":
    main(sys.argv[1:])
