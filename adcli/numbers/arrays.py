"""Arrays: numpy's, with its shapes and its broadcasting; numbers alone stay Python's floats.

Elementwise functions are numpy's own where they are as good as those of floats.py, and those of floats.py, element by element,
where they are not or numpy has none. What is not finite is found in results, so whoever computes does it ``with
ARRAYS.quiet()``, in which numpy does not warn of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import StringIO
from itertools import chain
from math import prod
from typing import Any

import numpy as np

from adcli.numbers.floats import FUNCTIONS as FLOATS
from adcli.numbers.system import CONSTANTS, System
from adcli.rules import TABLE
from adcli.rules.arrays import KEEPING, SCATTERING
from adcli.rules.primitive import Primitive

Value = Any
"""A float, or an array of doubles."""

SMALL = 4096
"""Arrays of fewer elements are copied faster than looked at otherwise."""

ASYMMETRY = 1e-6
"""How far, relatively, rounding may leave a symmetric matrix from being one."""


class Masked:
    """A tangent or an adjoint that is there only where ``mask`` holds; elsewhere it is a structural zero, which no infinity
    touches."""

    __slots__ = ("array", "mask")
    __array_ufunc__ = None  # an array on the left leaves the sum to us

    def __init__(self, array: Any, mask: Any) -> None:
        self.array, self.mask = array, mask

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Masked):
            return masked(self.array + other.array, self.mask | other.mask)
        return self.array + other

    __radd__ = __add__

    def __mul__(self, other: Value) -> Masked:
        product = self.array * other
        mask = np.broadcast_to(self.mask, np.shape(product))
        return Masked(np.where(mask, product, 0.0), mask)


def masked(array: Value, mask: Value) -> Any:
    """Return a tangent or an adjoint that is there where the mask is not 0; a number is there or is not."""
    if np.ndim(array):
        there = np.not_equal(mask, 0.0)
        return array if there.all() else Masked(array, there) if there.any() else None
    return array if mask else None


def plain(value: Value) -> Value:
    """Return a tangent or an adjoint without its mask."""
    return value.array if isinstance(value, Masked) else value


def mask_of(value: Any, x: Value) -> Value:
    """Return where a tangent of x is there, as zeros and ones."""
    there = 0.0 if value is None else value.mask if isinstance(value, Masked) else 1.0
    return np.broadcast_to(np.asarray(there, dtype=float), np.shape(x)) if np.ndim(x) else float(there)


def zeros(value: Value) -> Value:
    """Return zeros in the shape of an array."""
    return np.zeros(np.shape(value))


def tidy(value: Any) -> Value:
    """Return a float for an array without dimensions, and an array of doubles as it is; and so for symbols (elements.py)."""
    if value.__class__ is float:
        return value
    if np.ndim(value) == 0:
        return value.item() if isinstance(value, (np.ndarray, np.generic)) else value
    return value if value.dtype == object else np.asarray(value, dtype=float)


def from_lists(value: list[Any]) -> Any:
    """Return the array that nested lists of finite numbers make; None where they make none."""
    try:
        array = np.array(value)
    except ValueError:  # of different lengths
        return None
    if not array.size or array.dtype.kind not in "if" or not np.isfinite(array).all():
        return None
    flat = value
    for _ in range(array.ndim - 1):
        flat = [*chain.from_iterable(flat)]
    return None if bool in set(map(type, flat)) else array.astype(float)  # numpy takes true for 1 beside numbers


def from_any(value: Any) -> Value | None:
    """Return whatever numpy takes for real numbers as a float or an array of doubles; None for what has no element, a nan, or
    something else."""
    try:
        array = np.array(value)
    except (ValueError, TypeError):
        return None
    if not array.size or array.dtype.kind not in "iuf" or np.isnan(array).any():
        return None
    return tidy(array.astype(float))


def own(values: Any) -> Value:
    """Return numbers as an array of doubles that nothing else refers to."""
    return np.array(values, dtype=float)


def from_rows(text: str, rows: int, columns: int) -> list[Value] | None:
    """Return the columns of lines of finite numbers with commas between them; None where the text is anything else, or not of
    that many rows and columns. numpy's own reader makes no object of a cell."""
    if not text.strip():  # of which numpy warns
        return None
    try:
        table = np.loadtxt(StringIO(text), delimiter=",", comments=None, ndmin=2)
    except ValueError:
        return None
    if table.shape != (rows, columns) or not np.isfinite(table).all():
        return None
    return [np.ascontiguousarray(column) for column in table.T]


def from_buffer(numbers: Any) -> Value:
    """Return the array of what array.array holds."""
    return np.array(numbers, dtype=float)


def directions(value: Value) -> list[Value]:
    """Return an array of zeros with a one for each element in turn."""
    found = []
    for k in range(np.size(value)):
        direction = np.zeros(np.shape(value))
        direction.flat[k] = 1.0
        found.append(direction if np.ndim(value) else 1.0)
    return found


def rows_of(block: Value, value: Value) -> list[Value]:
    """Return the parts of an array, whose first axes are those of a value, one for each of its elements."""
    shape = np.shape(block)[np.ndim(value) :]
    return [tidy(row) for row in np.reshape(block, (np.size(value), *shape))]


def stacked(parts: list[Value], value: Value, last: bool) -> Value:
    """Return what was found for each element of a value, with the value's axes before those of the parts, or behind them."""
    if not parts:  # an array without elements
        return np.zeros(0)
    whole, shape = np.array(parts), np.shape(value)
    if last:
        return tidy(np.moveaxis(whole, 0, -1).reshape(np.shape(parts[0]) + shape))
    return tidy(whole.reshape(shape + np.shape(parts[0])))


def turned(block: Value, first: Value) -> Value:
    """Return a block of second derivatives with the axes of its first input behind the others."""
    count = np.ndim(first)
    return tidy(np.moveaxis(block, range(count), range(-count, 0))) if count else block


def shaped_like(lists: Any, value: Value) -> Any:
    """Return numbers in lists as an array of the shape of a value; None where they have another one."""
    array = np.array(lists, dtype=float) if lists is not None else np.zeros(0)
    if array.shape == np.shape(value) or array.shape == (1,) and np.ndim(value) == 0:
        return float(array.item()) if np.ndim(value) == 0 else array
    return None


# --- Elementwise ---

NUMPY: dict[str, Callable[..., Any]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative, "abs": np.abs,
    "sqrt": np.sqrt, "floor": np.floor, "ceil": np.ceil, "round": np.round, "sign": np.sign,
    "exp": np.exp, "ln": np.log, "sin": np.sin, "cos": np.cos,
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal, "ne": np.not_equal,
    "min": np.minimum, "max": np.maximum,
    "and": lambda x, y: (x != 0) & (y != 0), "or": lambda x, y: (x != 0) | (y != 0), "not": lambda x: x == 0,
    "where": lambda c, x, y: np.where(np.not_equal(c, 0), x, y),
    "stop": lambda x: x,
    "relu": lambda x: np.maximum(x, 0.0),
    "sigmoid": lambda x: _sigmoid(x), "tanh": np.tanh, "pow": lambda x, y: _power(x, y),
    "atan": np.arctan, "asinh": np.arcsinh, "expm1": np.expm1, "log1p": np.log1p, "hypot": np.hypot,
    "sech2": lambda x: 4.0 * _bell(2.0 * np.abs(x)), "sigmoid1": lambda x: _bell(np.abs(x)),
    "pow1": lambda x, y: _power1(x, y), "cosquare": lambda x: (1.0 - x) * (1.0 + x),
    "lorentz": lambda x: np.where(np.abs(x) > 1e8, 1.0 / x / x, 1.0 / (1.0 + x * x)),
}  # fmt: skip


def _bell(x: Any) -> Any:
    """Return e^-x over the square of 1 + e^-x, for x >= 0: sech^2 and the derivative of the sigmoid, without cancellation."""
    small = np.exp(-x)
    return small / ((1.0 + small) * (1.0 + small))


def _power(x: Any, y: Any) -> Any:
    """Return x^y. Where y is one number, 0.5, numpy takes the square root, which is another thing at -inf and at -0."""
    if np.size(y) == 1 and np.all(np.equal(y, 0.5)):
        x = np.where(np.equal(x, -np.inf), np.inf, x) + 0.0
    return np.power(x, y)


def _power1(x: Any, y: Any) -> Any:
    """Return the derivative of x^y by x as floats.py does it, which is called for what leaves the range of doubles."""
    if y.__class__ is float and y in (1.0, 2.0, 3.0):
        return np.ones_like(x) if y == 1.0 else 2.0 * x if y == 2.0 else 3.0 * (x * x)
    size, less = np.abs(x), y - 1.0
    back = less - y
    lost = (y - (less - back)) - (1.0 + back)
    power = np.power(size, less)
    value = y * power
    if np.any(lost):
        value = value + np.where(lost == 0.0, 0.0, value * (lost * np.log(size)))
    value = np.where(x < 0.0, np.where(y % 1.0 != 0.0, np.nan, np.where(y % 2.0 == 1.0, value, -value)), value)
    unsure = ~((power >= 2.0**-1022) & (power < np.inf) & np.isfinite(value)) | (y == 0.0)
    if unsure.any():
        x, y, unsure = np.broadcast_arrays(x, y, unsure)
        value[unsure] = _EACH_POWER1(x[unsure], y[unsure])
    return value


_EACH_POWER1 = np.frompyfunc(FLOATS["pow1"], 2, 1)


def _sigmoid(x: Any) -> Any:
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def elementwise(name: str) -> Callable[..., Value]:
    """Return a function of floats.py for arrays too; on floats alone it is the same."""
    scalar = FLOATS[name]
    on_arrays = NUMPY.get(name)
    if on_arrays is None:
        each = np.frompyfunc(scalar, TABLE[name].arity, 1)

        def on_arrays(*arguments: Value) -> Any:
            return each(*arguments)

    def function(*arguments: Value) -> Value:
        for argument in arguments:
            if argument.__class__ is not float:
                return np.asarray(on_arrays(*arguments), dtype=float)
        return scalar(*arguments)

    return function


# --- Linear ---


def axis_of(static: tuple[Any, ...], x: Value) -> int | None:
    """Return the axis that a row has, if any; a number has none, whatever numpy says."""
    if not static:
        return None
    if np.ndim(x) == 0:
        raise ValueError("a number has no axes")
    return int(static[0])


def broadcast(y: Value, shape: tuple[int, ...]) -> Value:
    """Return y in a shape: a view of it, or where that takes longer than a copy, a copy."""
    if y.__class__ is float and prod(shape) < SMALL and shape:
        return np.full(shape, y)
    return tidy(np.broadcast_to(y, shape))


def spread(y: Value, x: Value, *axis: Any) -> Value:
    """Return y, a sum's along an axis, in the shape of x."""
    if axis:
        y = np.expand_dims(y, int(axis[0]))
    return broadcast(y, np.shape(x))


def fit(y: Value, x: Value) -> Value:
    """Return y summed to the shape of x, which was broadcast to that of y; or broadcast to it, if y is smaller."""
    if x.__class__ is float:
        return y if y.__class__ is float else tidy(np.add.reduce(y, None))
    shape = np.shape(x)
    if y.__class__ is not float and np.shape(y) == shape:
        return y
    extra = np.ndim(y) - len(shape)
    if extra > 0:
        y = np.add.reduce(y, tuple(range(extra)))
        if y.shape == shape:
            return y
    sizes = (1,) * -extra + np.shape(y)
    if ones := tuple(k for k, size in enumerate(shape) if size == 1 and sizes[k] != 1):
        y = np.reshape(y, sizes)
        y = np.sum(y, axis=ones, keepdims=True)
    return broadcast(y, shape)


def wide(y: Value, x: Value) -> Value:
    """Return y broadcast to the shape of x."""
    shape = np.shape(x)
    return y if np.shape(y) == shape else broadcast(y, shape)


def matrix(x: Value) -> Value:
    """Return a matrix; refuse what is none."""
    if np.ndim(x) != 2:
        raise ValueError("a matrix is wanted")
    return x


def flat(*arrays: Value) -> tuple[Value, ...]:
    """Return vectors and matrices; refuse what has more dimensions."""
    if any(np.ndim(x) > 2 for x in arrays):
        raise ValueError("vectors and matrices are wanted")
    return arrays


def vectors(*arrays: Value) -> tuple[Value, ...]:
    """Return vectors; refuse what has another number of dimensions."""
    if any(np.ndim(x) != 1 for x in arrays):
        raise ValueError("vectors are wanted")
    return arrays


def left(z: Value, y: Value, x: Value) -> Value:
    """Return what x gets from the adjoint z of x @ y."""
    if np.ndim(x) == 1:
        return tidy(z * y if np.ndim(y) == 1 else y @ z)
    return tidy(np.outer(z, y) if np.ndim(y) == 1 else z @ y.T)


def right(z: Value, x: Value, y: Value) -> Value:
    """Return what y gets from the adjoint z of x @ y."""
    if np.ndim(x) == 1:
        return tidy(z * x if np.ndim(y) == 1 else np.outer(x, z))
    return tidy(x.T @ z)


def index(x: Value, *items: Any) -> Value:
    """Return a part of x; an item is a whole number or (start, stop, step)."""
    return tidy(x[key(items)])


def scatter(y: Value, x: Value, *items: Any) -> Value:
    """Return zeros of the shape of x with y at an index."""
    found = np.zeros(np.shape(x), dtype=np.asarray(y).dtype)
    found[key(items)] = y
    return found


def arange(*ends: int) -> Value:
    """Return whole numbers from the first end up to the second, which is left out, in steps of the third."""
    return np.array(range(*ends), dtype=float)


def key(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return an index as numpy has it."""
    return tuple(slice(*item) if isinstance(item, tuple) else item for item in items)


def array(*elements_and_count: Any) -> Value:
    """Return an array of elements of one shape."""
    *elements, _ = elements_and_count
    return np.stack([np.asarray(element) for element in elements])


def concat(*parts_axis_count: Any) -> Value:
    """Return arrays laid one behind another."""
    *parts, axis, _ = parts_axis_count
    return np.concatenate(parts, axis=axis)


def part(g: Value, *rest: Any) -> Value:
    """Return what the argument of a number gives to a concat."""
    *parts, axis, k, _ = rest
    sizes = [np.shape(one)[axis] for one in parts]
    start = sum(sizes[:k])
    return np.take(g, range(start, start + sizes[k]), axis=axis)


def place(y: Value, *rest: Any) -> Value:
    """Return what a concat of zeros is with y for the argument of a number."""
    *parts, axis, k, _ = rest
    return np.concatenate([y if number == k else zeros(one) for number, one in enumerate(parts)], axis=axis)


def diagonal(y: Value, x: Value) -> Value:
    """Return y on the diagonal of zeros of the shape of x."""
    found = np.zeros(np.shape(x), dtype=np.asarray(y).dtype)
    np.fill_diagonal(found, y)
    return found


def phi(x: Value) -> Value:
    """Return the lower triangle of x with its diagonal halved."""
    return np.tril(x) - np.diag(np.diag(x)) * 0.5


# --- Smooth, and constant ---


def norm(x: Value, *axis: Any) -> Value:
    """Return the length of x, or lengths along an axis; nothing overflows or underflows on the way."""
    along = axis_of(axis, x)
    largest = np.max(np.abs(x), axis=along, keepdims=True, initial=0.0)
    scale = np.where((largest == 0.0) | ~np.isfinite(largest), 1.0, largest)
    lengths = np.where(scale == largest, scale * np.sqrt(np.sum((x / scale) ** 2, axis=along, keepdims=True)), largest)
    return tidy(np.squeeze(lengths, axis=along))


def logsumexp(x: Value, *axis: Any) -> Value:
    """Return the logarithm of the sum of exponentials."""
    along = axis_of(axis, x)
    largest = np.max(x, axis=along, keepdims=True)
    safe = np.where(np.isfinite(largest), largest, 0.0)
    total = np.sum(np.exp(x - safe), axis=along, keepdims=True)
    return tidy(
        np.squeeze(safe + np.log(total), axis=along) if along is not None else float((safe + np.log(total)).item())
    )


def softmax(x: Value, *axis: Any) -> Value:
    """Return exponentials that sum to 1."""
    along = axis_of(axis, x)
    small = np.exp(x - np.max(x, axis=along, keepdims=True))
    return tidy(small / np.sum(small, axis=along, keepdims=True))


def cofactor(x: Value) -> Value:
    """Return the cofactors of a matrix, by its singular values: well for a singular one too."""
    u, s, v = np.linalg.svd(x)
    others = np.array([np.prod(np.delete(s, k)) for k in range(len(s))])
    return float(np.linalg.det(u) * np.linalg.det(v)) * (u * others) @ v


def minor(x: Value, y: Value) -> Value:
    """Return the derivative of the cofactors of x in the direction y. Between singular vectors it is that of a diagonal
    matrix: products of all singular values but two."""
    u, s, v = np.linalg.svd(x)
    turned, count = u.T @ y @ v.T, len(s)
    others = np.array([[np.prod(np.delete(s, (i, j))) * (i != j) for j in range(count)] for i in range(count)])
    inner = np.diag(others @ np.diag(turned)) - others * turned.T
    return float(np.linalg.det(u) * np.linalg.det(v)) * u @ inner @ v


def cholesky(x: Value) -> Value:
    """Return the lower triangle that times its transpose is the symmetric matrix x; of one that is hardly symmetric, of its
    symmetric part."""
    mirrored = matrix(x).T
    if mirrored.shape == x.shape and np.max(np.abs(x - mirrored)) > ASYMMETRY * np.max(np.abs(x)):
        raise np.linalg.LinAlgError("the matrix is not symmetric")
    return np.linalg.cholesky((x + mirrored) * 0.5)


def among(x: Value, r: Value, *axis: Any) -> Value:
    """Return the share of each element in an extreme: 1/k each of the k that tie."""
    ties = np.asarray(x == spread(r, x, *axis), dtype=float)
    return tidy(ties / spread(np.sum(ties, axis=axis_of(axis, x)), x, *axis))


def along(function: Callable[..., Any]) -> Callable[..., Value]:
    """Return a reduction of numpy's over an axis or everything."""
    return lambda x, *axis: tidy(function(x, axis=axis_of(axis, x)))


def mean(x: Value, *axis: Any) -> Value:
    """Return the mean of all elements, or means along an axis; refuse to divide by 0, of which numpy warns."""
    if 0 in np.shape(x):
        raise ValueError("an empty array has no mean")
    return tidy(np.mean(x, axis=axis_of(axis, x)))


def extreme(name: str, function: Callable[..., Any]) -> Callable[..., Value]:
    """Return min or max: of an array along an axis or everything, or elementwise of several arguments."""
    pairwise = elementwise(name)

    def either(*arguments: Value) -> Value:
        arrays = [argument for argument in arguments if argument.__class__ is not int]
        if len(arrays) == 1:
            return tidy(function(arrays[0], axis=axis_of(arguments[1:], arrays[0])))
        result = arrays[0]
        for other in arrays[1:]:
            result = pairwise(result, other)
        return result

    return either


FUNCTIONS: dict[str, Any] = {name: elementwise(name) for name in FLOATS} | {
    "T": lambda x: tidy(np.transpose(x)),
    "sum": along(np.sum), "mean": mean, "min": extreme("min", np.min), "max": extreme("max", np.max),
    "spread": spread, "fit": fit, "wide": wide,
    "reshape": lambda x, *shape: np.reshape(x, shape), "alike": lambda y, x: tidy(np.reshape(y, np.shape(x))),
    "trace": lambda x: tidy(np.trace(matrix(x))), "diagonal": diagonal,
    "outer": lambda x, y: np.outer(*vectors(x, y)), "matmul": lambda x, y: tidy(np.matmul(*flat(x, y))),
    "left": left, "right": right,
    "phi": phi, "index": index, "scatter": scatter, "array": array, "concat": concat, "part": part, "place": place,
    "solve": lambda x, y: np.linalg.solve(*flat(x, y)), "inv": lambda x: np.linalg.inv(matrix(x)),
    "det": lambda x: float(np.linalg.det(matrix(x))), "logdet": lambda x: float(np.linalg.slogdet(matrix(x))[1]),
    "cofactor": cofactor, "minor": minor,
    "cholesky": cholesky, "norm": norm, "logsumexp": logsumexp, "softmax": softmax,
    "zeros": lambda *shape: np.zeros(shape), "ones": lambda *shape: np.ones(shape), "eye": lambda *shape: np.eye(*shape),
    "arange": arange, "grid": lambda count: np.linspace(0.0, 1.0, count),
    "count": lambda x, *axis: float(np.size(x) if not axis else np.shape(x)[int(axis[0])]), "among": among,
}  # fmt: skip


class Arrays(System):
    """The number system of arrays."""

    def __init__(self) -> None:
        super().__init__({**FUNCTIONS, **CONSTANTS}, float, scalar=False)

    def quiet(self) -> Any:
        """Return a context in which numpy does not warn."""
        return np.errstate(all="ignore")

    def seeds(self, seeds: Mapping[int, Any]) -> Mapping[int, Any]:
        """Return the seeds of a sweep; the zeros of an array are structural."""
        return {index: masked(seed, seed) if isinstance(seed, np.ndarray) else seed for index, seed in seeds.items()}

    def filled(self, derivative: Any, value: Value) -> Value:
        """Return a tangent or an adjoint as a number, or as an array of the shape of its value."""
        if derivative is None:
            return 0.0 if value.__class__ is float else zeros(value)
        return plain(derivative)

    def select(self, condition: Value, here: Any, there: Any) -> Any:
        """Return the tangent of whichever branch is taken, element by element."""
        if np.ndim(condition) == 0:
            return here if condition else there
        if here is None and there is None:
            return None
        taken, sides = condition != 0, [0.0 if side is None else plain(side) for side in (here, there)]
        array = np.where(taken, *sides)
        if not any(side is None or isinstance(side, Masked) for side in (here, there)):
            return array
        return masked(array, np.where(taken, mask_of(here, array), mask_of(there, array)))

    def joined(self, row: Primitive, operands: list[Value], parts: list[Any]) -> Any:
        """Return the tangent of what is made of several arrays."""
        arrays = [wide(0.0 if part is None else plain(part), x) for x, part in zip(operands, parts)]
        found = self.functions[row](*arrays)
        if not any(part is None or isinstance(part, Masked) for part in parts):
            return found
        return masked(found, self.functions[row](*(mask_of(part, x) for x, part in zip(operands, parts))))

    def route(self, condition: Value, adjoint: Any) -> tuple[Any, Any]:
        """Return the adjoint where each branch is taken."""
        if np.ndim(condition) == 0:
            return (adjoint, None) if condition else (None, adjoint)
        array, mask = plain(adjoint), condition != 0
        there = adjoint.mask if isinstance(adjoint, Masked) else True
        return Masked(np.where(mask, array, 0.0), mask & there), Masked(np.where(mask, 0.0, array), ~mask & there)

    def product(self, g: Any, partial: Value, x: Value) -> Any:
        """Return an adjoint times a partial, in the shape of the argument."""
        product = g if partial.__class__ is float and partial == 1.0 else g * partial
        if product.__class__ is np.ndarray and x.__class__ is np.ndarray and product.shape == x.shape:
            return product  # as most are
        if product.__class__ is Masked:
            return masked(fit(product.array, x), fit(product.mask.astype(float), x))
        return fit(product, x)

    def through(self, row: Primitive, pull: Callable[[Any], Any], g: Any, x: Value | None = None) -> Any:
        """Return what a row of arrays gives of a tangent, or of an adjoint to its argument x."""
        scattered = x is not None and row.name in SCATTERING and np.shape(x) != np.shape(plain(g))
        if scattered or isinstance(g, Masked) and row.name in KEEPING:
            return masked(pull(plain(g)), pull(mask_of(g, plain(g))))
        return pull(plain(g))


ARRAYS = Arrays()
