"""Measure adcli: ``python tests/bench.py [rounds]`` prints Markdown tables, and asserts nothing.

Beside it stand the peers that are installed (see peers.py for what they are given); those that are not are named and left out.
Whole processes are run in turn, one of each a round, so that whatever else the machine does meets them all; what is
printed is the median, and its multiple of the bare interpreter of the same environment.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Container, Iterable, Sequence
from datetime import date
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from math import inf
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

# Bytecode that is not kept is compiled anew at every start, and a path set by hand may lead to another adcli.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

SCRIPT = Path(sys.executable).parent / "adcli"
START = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from adcli.cli import main; main()"
ADCLI = (str(SCRIPT),) if SCRIPT.exists() else (sys.executable, "-c", START)
ELSEWHERE = tempfile.gettempdir()
"""Where programs are run: some leave files behind."""

GRAD = ("grad", "sin(x)*y", "--at", "x=1,y=2")


class Peer(NamedTuple):
    """A process to measure, what it reads and what must be in its output; the derivative of sin(x)*y at (1, 2) by x is
    1.0806."""

    name: str
    command: tuple[str, ...]
    stdin: str = ""
    says: str = "1.0806"


PROGRAMS = (
    Peer("gp", ("gp", "-q", "-f"), "print(polcoef(sin(1. + t + O(t^2))*2, 1))\n"),
    Peer("giac", ("giac", "subst(diff(sin(x)*y, x), [x, y], [1.0, 2.0])")),
    Peer("qalc", ("qalc", "-t", "diff(sin(x)*2, x, 1, 1)")),
    Peer("maxima", ("maxima", "--very-quiet", "--batch-string=float(subst([x=1, y=2], diff(sin(x)*y, x)));")),
)
LIBRARIES = {
    "autograd": "from autograd import grad; import autograd.numpy as np; print(grad(lambda x, y: np.sin(x)*y, (0, 1))(1., 2.))",
    "casadi": "from casadi import *; v = SX.sym('v', 2); f = sin(v[0])*v[1]; print(Function('g', [v], [gradient(f, v)])([1, 2]))",
    "symengine": "from symengine import *; x, y = symbols('x y'); print([diff(sin(x)*y, v).subs({x: 1., y: 2.}) for v in (x, y)])",
    "sympy": "from sympy import *; x, y = symbols('x y'); print([diff(sin(x)*y, v).subs({x: 1., y: 2.}) for v in (x, y)])",
    "jax": "import jax; print(jax.grad(lambda x, y: jax.numpy.sin(x)*y, (0, 1))(1., 2.))",
    "torch": "import torch; x, y = (torch.tensor(v, requires_grad=True) for v in (1., 2.)); (torch.sin(x)*y).backward(); print(x.grad)",
}


def peers() -> list[Peer]:
    """Give the peers that are installed."""
    found = [peer for peer in PROGRAMS if shutil.which(peer.command[0])]
    return found + [Peer(f"python, {name}", (sys.executable, "-c", LIBRARIES[name])) for name in libraries()]


def libraries() -> list[str]:
    """Give the libraries that are installed."""
    return [name for name in LIBRARIES if importlib.util.find_spec(name)]


def versions() -> str:
    """Say which version of each peer is installed, and which peers are not."""
    here, absent = list[str](), list[str]()
    for name in LIBRARIES:
        try:
            here.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            absent.append(name)
    for program in PROGRAMS:
        if shutil.which(program.name):
            done = subprocess.run([program.name, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
            said = re.search(r"\d+\.\d+(\.\d+)*", done.stdout + done.stderr)
            here.append(f"{program.name} {said[0] if said else '?'}")
        else:
            absent.append(program.name)
    return f"Peers: {', '.join(here) or 'none'}{'; not installed: ' if absent else ''}{', '.join(absent)}"


class Ran(NamedTuple):
    """What a process took: seconds, those of a processor, and the largest number of bytes that it held."""

    seconds: float
    cpu: float
    bytes: int


def run(command: Sequence[str], stdin: Path) -> Ran:
    """Run a program to its end with a file as its standard input; raise if it fails."""
    with stdin.open("rb") as stream:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=stream, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT, cwd=ELSEWHERE
        )
        assert process.stderr
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        raise RuntimeError(f"{command[0]}: exit {process.returncode}: {error.decode(errors='replace')[:300]}")
    return Ran(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024))


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a Markdown table with its title."""
    print(f"\n{title}\n")
    for row in (heads, ["---", *["---:"] * (len(heads) - 1)], *rows):
        print("|", " | ".join(row), "|", flush=True)


def about() -> None:
    """Print when and on what the figures were measured."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.split(": ")[1] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    core = ", ".join(f"{name} {version(name)}" for name in ("click", "rich", "numpy"))
    from adcli import __version__

    print(f"{date.today()}, {model}, {os.cpu_count()} cores{load}, {platform.system()}")
    print(f"adcli {__version__}, Python {platform.python_version()}, {core}")
    print(versions())


def processes(rounds: int, folder: Path) -> None:
    """Measure whole processes: what a person waits for."""
    wanted = [
        Peer("python -c pass", (sys.executable, "-c", "pass"), says=""),
        Peer('python -c "import click"', (sys.executable, "-c", "import click"), says=""),
        Peer("adcli --help", (*ADCLI, "--help"), says=""),
        Peer("adcli grad --json", (*ADCLI, *GRAD, "--json")),
        Peer("adcli grad --json --trace", (*ADCLI, *GRAD, "--json", "--trace")),
        Peer("adcli grad, the tables", (*ADCLI, *GRAD)),
        *peers(),
    ]
    inputs: dict[Peer, Path] = {}
    times: dict[Peer, list[Ran]] = {}
    lost = []
    for peer in wanted:
        inputs[peer] = folder / f"{len(inputs)}.in"
        inputs[peer].write_text(peer.stdin, encoding="utf-8")
        # The first run writes the bytecode and fills the disk's cache, and is not counted.
        done = subprocess.run(
            peer.command, input=peer.stdin, capture_output=True, text=True, env=ENVIRONMENT, cwd=ELSEWHERE
        )
        if done.returncode == 0 and peer.says in done.stdout:
            times[peer] = []
        else:
            lost.append(f"{peer.name} does not give {peer.says}: {done.stderr.strip()[-200:]}")
    for number in range(rounds):
        for peer, ran in times.items():
            if number < 3 or ran[0].seconds < 1:  # of what is slow, three runs are enough
                ran.append(run(peer.command, inputs[peer]))
    medians = {peer: [median(column) for column in zip(*ran)] for peer, ran in times.items()}
    bare = medians[wanted[0]]
    rows = [
        (peer.name, f"{wall * 1e3:.1f}", f"{wall / bare[0]:.1f}", f"{cpu * 1e3:.1f}", f"{cpu / bare[1]:.1f}")
        for peer, (wall, cpu, _) in medians.items()
    ]
    title = f"Whole processes, {rounds} rounds: the gradient of sin(x)*y at (1, 2)"
    table(title, ["process", "ms", "x bare interpreter", "processor ms", "x bare"], rows)
    for line in lost:
        print(f"\n{line}")


TERMS = ("{0}*x*y", "sin(x + {0})", "x^2/{0}", "exp(-x*y)*{0}.5", "ln(x^2 + {0})", "y*sqrt(x + {0}.25)")


def write_sum(file: Path, size: int) -> None:
    """Write a sum of terms that all differ, piece by piece: a large parent makes its children look large."""
    with file.open("w", encoding="utf-8") as stream:
        written, number = stream.write("x"), 1
        while written < size:
            written += stream.write(f" {'+-'[number % 2]} {TERMS[number % len(TERMS)].format(number)}")
            number += 1


def texts(folder: Path) -> None:
    """Measure long programs from standard input to their gradient."""
    rows, file = [], folder / "program"
    for megabytes, repeats in ((0.1, 3), (1, 3), (10, 1)):
        write_sum(file, int(megabytes * 1e6))
        rows.append((f"a sum of {megabytes} MB, all terms different", *to_gradient(file, repeats)))
    for steps in (100_000, 1_000_000):
        file.write_text(f"t = y\nfor k in 1..{steps} {{ t = t*x + 1 }}\nt")
        rows.append((f"{steps:,} times round t = t*x + 1", *to_gradient(file, 3)))
    title = "Long programs: from standard input to the gradient, grad --json"
    table(title, ["program", "s", "processor s", "largest resident MB"], rows)


def to_gradient(file: Path, repeats: int) -> tuple[str, ...]:
    """Return the seconds, the processor's seconds and the memory that a program takes, medians."""
    ran = [run((*ADCLI, "grad", "-", "--at", "x=0.5,y=2", "--json"), file) for _ in range(repeats)]
    seconds, cpu, most = (median(column) for column in zip(*ran))
    return f"{seconds:.2f}", f"{cpu:.2f}", f"{most / 1e6:.0f}"


def requests(folder: Path, count: int = 50_000) -> None:
    """Measure requests to one process, for small programs that it has read before: all it does but to start and to end."""
    file, rows = folder / "requests", []
    at = {"x": 1, "y": 2}
    asked = (
        {"command": "eval", "expression": "sin(x)*y", "at": at},
        {"command": "grad", "expression": "sin(x)*y", "at": at},
        {"command": "hvp", "expression": "exp(-x^2)*sin(y)", "at": at, "tangent": {"x": 1}},
        {"command": "taylor", "expression": "sin(x)*y", "at": at, "wrt": ["x"], "order": 5},
    )
    file.write_text("")
    idle = median(run((*ADCLI, "run"), file).cpu for _ in range(5))
    for request in asked:
        file.write_text(f"{json.dumps(request)}\n" * count)
        seconds = min(run((*ADCLI, "run"), file).cpu for _ in range(3)) - idle
        rows.append((f"{request['command']} {request['expression']}", f"{seconds / count * 1e6:.0f}"))
    table(f"adcli run: {count:,} requests of a kind in one process", ["request", "us"], rows)


LIMIT = 10
"""Seconds that a peer may take for one cell of a table."""


class Lost(NamedTuple):
    """Why a peer has no number: too slow, or what it said."""

    reason: str


def limited(command: Sequence[str], stdin: Path | None = None) -> tuple[float, str] | Lost:
    """Run a peer's process for as long as it may take; give the seconds and what it printed, or why there is nothing."""
    begin = time.perf_counter()
    try:
        done = subprocess.run(
            command,
            input=stdin.read_bytes() if stdin else b"",
            capture_output=True,
            timeout=LIMIT,
            env=ENVIRONMENT,
            cwd=ELSEWHERE,
        )
    except subprocess.TimeoutExpired:
        return Lost(f"over {LIMIT} s")
    seconds = time.perf_counter() - begin
    if done.returncode < 0:
        return Lost(f"killed by signal {-done.returncode}")
    if done.returncode:
        said = [line for line in done.stderr.decode(errors="replace").splitlines() if "Error" in line]
        return Lost(said[-1].split(":")[0].split(".")[-1][:30] if said else f"exit {done.returncode}")
    return seconds, done.stdout.decode(errors="replace")


TEXTS = {
    "gp": (("gp", "-q", "-f"), "x = 1. + t + O(t^2); y = 2.;\nprint(polcoef({0}, 1))\n"),
    "giac": (("giac",), "f := {0}:; subst([diff(f, x), diff(f, y)], [x, y], [1.0, 2.0]);\n"),
    "maxima": (("maxima", "--very-quiet"), "f: {0}$ subst([x=1.0, y=2.0], [diff(f, x), diff(f, y)]);\n"),
}
"""How the programs are told to read a formula and to differentiate it, gp by x alone."""


def formulas(folder: Path) -> None:
    """Measure text to gradient beside the peers: the formula on standard input, whole processes."""
    sizes = (1_000, 10_000, 100_000, 1_000_000)
    commands = {"adcli": ((*ADCLI, "grad", "-", "--at", "x=1,y=2", "--json"), "{0}")}
    commands |= {name: told for name, told in TEXTS.items() if shutil.which(name)}
    commands |= {name: ((sys.executable, str(PEERS), "text", name), "{0}") for name in libraries()}
    found: dict[str, list[tuple[float, str] | Lost]] = {name: [] for name in commands}
    for size in sizes:
        write_sum(folder / "formula", size)
        formula = (folder / "formula").read_text(encoding="utf-8")
        for name, (command, told) in commands.items():
            text = formula if name not in TEXTS else formula.replace("ln(", "log(")
            (folder / "told").write_text(told.format(text), encoding="utf-8")
            lost = next((cell for cell in found[name] if isinstance(cell, Lost)), None)
            cell = lost or limited(command, folder / "told")
            if name == "adcli" and not isinstance(cell, Lost):
                derivative = json.loads(cell[1])["gradient"]["x"]
            elif not isinstance(cell, Lost) and not says(cell[1], derivative):
                cell = Lost("no right answer")
            found[name].append(cell)
    ours = found["adcli"]
    rows = [(name, *(cell_of(cell, base, "s") for cell, base in zip(cells, ours))) for name, cells in found.items()]
    heads = ["process", *(f"{size // 1000} KB" for size in sizes)]
    table("Text to gradient, whole processes, in seconds and as a multiple of adcli's", heads, rows)


def says(output: str, number: float) -> bool:
    """Say whether there is a number in an output, to the six digits that some print."""
    numbers = re.findall(r"-?\d+\.?\d*(?:e[-+]?\d+)?", output)
    return any(abs(float(found) - number) <= 1e-5 * abs(number) for found in numbers)


def cell_of(cell: tuple[float, str] | Lost, base: tuple[float, str] | Lost, unit: str) -> str:
    """Return a time, and its multiple of another one; or why there is none."""
    if isinstance(cell, Lost):
        return cell.reason
    times = cell[0] / base[0] if not isinstance(base, Lost) else 0
    ratio = f" ({times:,.0f}x)" if times >= 10 else f" ({times:.2g}x)" if times else ""
    return f"{cell[0]:.2f}{ratio}" if unit == "s" else f"{cell[0]:,.0f}{ratio}"


PEERS = Path(__file__).parent / "peers.py"


def operations() -> None:
    """Measure values and gradients by the operation beside the peers, each in a process of its own."""
    sizes = (100, 1_000, 10_000, 100_000)
    for name, title in (
        ("rosenbrock", "Rosenbrock's function of n/8 inputs"),
        ("product", "The product of n inputs"),
        ("sines", "The sine of the sine of ... of one input, n times"),
    ):
        found: dict[str, list[tuple[Any, Any]]] = {}
        for peer in ("adcli", *(library for library in libraries())):
            cells: list[tuple[Any, Any]] = []
            for size in sizes:
                if cells and isinstance(cells[-1][0], Lost):
                    cells.append(cells[-1])  # what is lost on a small program is lost on a large one
                    continue
                ran = limited((sys.executable, str(PEERS), "sweep", peer, name, str(size)))
                if isinstance(ran, Lost):
                    cells.append((ran, ran))
                else:
                    value, both = map(float, ran[1].split())
                    cells.append(((value, ""), (both, "")))
            found[peer] = cells
        for number, what in enumerate(("value", "value and gradient")):
            ours = [cell[number] for cell in found["adcli"]]
            rows = [
                (peer, *(cell_of(cell[number], base, "ns") for cell, base in zip(cells, ours)))
                for peer, cells in found.items()
            ]
            heads = ["n operations", *(f"{size:,}" for size in sizes)]
            table(f"{title}: {what}, ns an operation and as a multiple of adcli's, once built or compiled", heads, rows)


def best(repeats: int, work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Give the least time of some runs, in seconds of this process or of another clock; what is brief is done many times
    over."""
    start = clock()
    work()
    once = clock() - start
    count = 1 if once > 1e-3 else 500
    times = [once] if count == 1 else []
    for _ in range(repeats - len(times)):
        start = clock()
        for _ in range(count):
            work()
        times.append((clock() - start) / count)
    return min(times)


def sweep_times(
    text: str, point: dict[str, Any], repeats: int = 5, data: Container[str] = ()
) -> tuple[int, float, float, float, float]:
    """Give the number of operations of a program, and the seconds that reading it, its first value and gradient, its value,
    and its value and gradient take, the latter when they are asked for again and again."""
    from adcli.derive import gradient
    from adcli.graph import INPUT, NUMBER
    from adcli.language import elaborate, parse
    from adcli.numbers.system import system_of
    from adcli.sweeps import evaluate

    program = elaborate(parse(text), point)
    graph, wrt = program.graph, {name: index for name, index in program.inputs.items() if name not in data}
    system = system_of(graph)
    operations = sum(node[0] is not INPUT and node[0] is not NUMBER for node in graph.nodes)
    reading = best(2, lambda: elaborate(parse(text), point))

    def value_and_gradient() -> object:
        return gradient(graph, program.output, evaluate(graph, point, system), wrt)

    with system.quiet():
        first = best(1, value_and_gradient)
        best(1, value_and_gradient)  # it lays out a large graph
        value = best(repeats, lambda: evaluate(graph, point, system))
        return operations, reading, first, value, best(repeats, value_and_gradient)


def sweeps(size: int = 100_000) -> None:
    """Measure the sweeps by the operation, in this process."""
    names = [f"x{number}" for number in range(1, 101)]
    point = {name: 1 + number / 1e5 for number, name in enumerate(names)} | {"x": 0.5}
    many = [names[number % len(names)] for number in range(size + 1)]
    rows = []
    for title, text in (
        ("sum x1 + x2 + ...", " + ".join(many)),
        ("product x1*x2*...", "*".join(many)),
        ("chain sin(cos(sin(...)))", "sin(cos(" * (size // 2) + "x" + "))" * (size // 2)),
        ("statements t = t*x + 1", "t = x\n" + "t = t*x + 1\n" * (size // 2) + "t"),
    ):
        count, *times = sweep_times(text, point)
        numbers = [f"{seconds / count * 1e9:.0f}" for seconds in times]
        *_, value, both = times
        rows.append((title, f"{count:,}", *numbers, f"{both / value:.2f}"))
    heads = [
        "program",
        "operations",
        "text to graph",
        "first value and gradient",
        "value",
        "value and gradient",
        "ratio",
    ]
    table("Sweeps, ns an operation: the first, and when the same graph is swept again", heads, rows)


def growth() -> None:
    """Measure the gradient of x1*x2*...*xn by all its inputs as n grows."""
    rows = []
    for size in (100, 1_000, 10_000, 100_000):
        point = {f"x{number}": 1 + number / size**2 for number in range(1, size + 1)}
        count, *_, value, both = sweep_times("*".join(point), point)
        rows.append((f"{size:,}", f"{value * 1e3:.3f}", f"{both * 1e3:.3f}", f"{both / count * 1e9:.0f}"))
    heads = ["n", "value ms", "value and gradient ms", "ns an operation"]
    table("The gradient of x1*x2*...*xn by all n inputs", heads, rows)


def products() -> None:
    """Measure the Hessian of Rosenbrock's function times a vector, as the number of inputs grows: the gradient is put onto a
    graph once, and each product is one evaluation and one forward sweep of that."""
    from adcli.derive import jvp, symbolic_gradient
    from adcli.language import elaborate, parse
    from adcli.numbers.system import FLOATS
    from adcli.sweeps import evaluate

    def measured(size: int) -> tuple[str, ...]:
        text = " + ".join(f"100*(x{k + 1} - x{k}^2)^2 + (1 - x{k})^2" for k in range(1, size))
        point = {f"x{k}": 1 + k / size for k in range(1, size + 1)}
        program = elaborate(parse(text), point)
        graph, output = program.graph, program.output
        derivatives, nodes = symbolic_gradient(graph, output, point)
        inputs, outputs = derivatives.inputs(), list(nodes.values())
        seeds = {inputs[name]: 1.0 for name in point}
        value = best(5, lambda: evaluate(graph, point, FLOATS))
        once = best(3, lambda: symbolic_gradient(graph, output, point))
        hvp = best(5, lambda: jvp(derivatives, outputs, evaluate(derivatives, point, FLOATS), seeds))
        return f"{size:,}", f"{value * 1e3:.3f}", f"{hvp * 1e3:.3f}", f"{hvp / value:.1f}", f"{once / value:.1f}"

    heads = ["n", "value ms", "Hessian times vector ms", "ratio", "gradient's graph, once, ratio"]
    title = "The Hessian of Rosenbrock's function of n inputs times a vector"
    table(title, heads, map(measured, (10, 100, 1_000, 10_000)))


def perceptron(batch: int = 1_000) -> None:
    """Measure the gradient of a perceptron with 784, 100 and 10 units beside the same written by hand in numpy."""
    import numpy as np

    from adcli.derive import gradient
    from adcli.language import elaborate, parse
    from adcli.numbers.system import system_of
    from adcli.sweeps import evaluate

    random = np.random.default_rng(1)
    X, Y = random.normal(size=(batch, 784)), np.eye(10)[random.integers(0, 10, batch)]
    W1, b1, W2, b2 = (
        random.normal(size=(784, 100)) / 28,
        np.zeros(100),
        random.normal(size=(100, 10)) / 10,
        np.zeros(10),
    )
    point = {"X": X, "Y": Y, "W1": W1, "b1": b1, "W2": W2, "b2": b2}
    text = (Path(__file__).parent / "programs" / "perceptron.ad").read_text(encoding="utf-8")
    program = elaborate(parse(text), point)
    graph, weights = program.graph, {name: program.inputs[name] for name in ("W1", "b1", "W2", "b2")}

    def ours() -> object:
        values = evaluate(graph, point, system_of(graph))
        return gradient(graph, program.output, values, weights)

    def by_hand() -> object:
        h = np.tanh(X @ W1 + b1)
        z = h @ W2 + b2
        small = np.exp(z - z.max(axis=1, keepdims=True))
        dz = (small / small.sum(axis=1, keepdims=True) - Y) / batch
        dh = dz @ W2.T * (1 - h * h)
        return X.T @ dh, dh.sum(axis=0), h.T @ dz, dz.sum(axis=0)

    rows = []
    for name, work in (("adcli", ours), ("numpy by hand", by_hand)):
        times = [best(1, work) for _ in range(20)]
        tracemalloc.start()
        work()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        rows.append((name, median(times), peak))
    hand = rows[1]
    cells = [
        (name, f"{t * 1e3:.1f}", f"{t / hand[1]:.2f}", f"{m / 1e6:.1f}", f"{m / hand[2]:.2f}") for name, t, m in rows
    ]
    heads = ["gradient", "ms", "ratio", "peak MB", "ratio"]
    table(f"A 784-100-10 perceptron, batch of {batch:,}, one thread, median of 20", heads, cells)


def programs() -> None:
    """Measure the gradients of the worked programs beside their values."""
    import numpy as np

    folder, draw = Path(__file__).parent / "programs", np.random.default_rng(1).normal

    def columns(name: str) -> dict[str, Any]:
        file = folder / f"{name}.csv"
        names = file.read_text(encoding="utf-8").split("\n", 1)[0].split(",")
        return dict(zip(names, np.loadtxt(file, delimiter=",", skiprows=1).T.copy()))

    swing = {"g": 9.8, "length": 1.2, "damping": 0.2, "angle0": 2.0, "speed0": 0.0, "duration": 4.0, "n": 1000.0}
    layers = {"W1": draw(size=(2, 3)), "b1": draw(size=3), "W2": draw(size=(3, 2)), "b2": draw(size=2)}
    points: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "babylonian_for": ({"x": 2.0}, {}),
        "babylonian_while": ({"x": 2.0}, {}),
        "logistic": ({"w": 0.5, "x": 2.0, "b": -1.5, "t": 1.0, "lambda": 0.1}, {}),
        "gearbox": ({"w0": 10.0, "w1": 0.02, "w2": -4.0, "lambda": 0.5}, columns("mtcars")),
        "perceptron": (layers, {"X": draw(size=(4, 2)), "Y": np.eye(2)[[0, 1, 1, 0]]}),
        "kepler": ({"M": 1.0, "ecc": 0.5}, {}),
        "puromycin": ({"Vm": 200.0, "K": 0.05}, columns("puromycin")),
        "gaussian": ({"m": draw(size=2), "S": np.array([[1.2, 0.7], [0.7, 0.9]])}, {"X": draw(size=(5, 2))}),
        "pendulum": (swing, {}),
    }
    rows = []
    for name, (point, data) in points.items():
        text = (folder / f"{name}.ad").read_text(encoding="utf-8")
        count, *_, value, both = sweep_times(text, point | data, 20, data)
        rows.append((name, f"{count:,}", f"{value * 1e3:.4f}", f"{both * 1e3:.4f}", f"{both / value:.2f}"))
    table("Worked programs", ["program", "operations", "value ms", "value and gradient ms", "ratio"], rows)


BATCH = "exp(-x^2)*sin(y*z) + log(1 + z^2)/(1 + x^2*y^2)"
PINNED = "import os; os.sched_setaffinity(0, {0})"
JITTED = """
import os, sys, time
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
import jax, jax.numpy as jnp, numpy as np
jax.config.update("jax_enable_x64", True)
f = lambda x, y, z: jnp.exp(-x**2)*jnp.sin(y*z) + jnp.log(1 + z**2)/(1 + x**2*y**2)
g = jax.jit(jax.vmap(jax.value_and_grad(f, (0, 1, 2))))
columns = [jnp.asarray(column) for column in np.random.default_rng(1).uniform(-2, 2, (3, int(sys.argv[1])))]
times = []
for _ in range(8):
    start = time.perf_counter()
    jax.block_until_ready(g(*columns))
    times.append(time.perf_counter() - start)
print(min(times[1:]))
"""


def batches() -> None:
    """Measure the value and three partials at many points in memory, beside jax.jit on one thread, its compiling left out."""
    import numpy as np

    from adcli.answers import Request
    from adcli.batch.memory import at_points

    rows = []
    for size in (10**6, 10**7):
        columns = dict(zip("xyz", np.random.default_rng(1).uniform(-2, 2, (3, size))))
        command = [sys.executable, "-c", f"{PINNED if hasattr(os, 'sched_setaffinity') else ''}{JITTED}", str(size)]
        times: dict[str, float] = {}
        for _ in range(3):  # in turn, so that whatever else the machine does meets them all
            for workers in (1, os.cpu_count() or 1):
                name = f"adcli, {workers} threads" if workers > 1 else "adcli, one thread"
                work = partial(at_points, Request("grad", BATCH, {}), columns, workers)
                times[name] = min(times.get(name, inf), best(7 if size < 10**7 else 2, work, time.perf_counter))
            if importlib.util.find_spec("jax"):
                name = f"jax.jit {version('jax')}, one thread"
                done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
                times[name] = min(times.get(name, inf), float(done.stdout))
        rows += [
            (name, f"{size:,}", f"{t * 1e3:.1f}", f"{t / size * 1e9:.1f}", f"{t / times['adcli, one thread']:.2f}")
            for name, t in times.items()
        ]
    heads = ["in memory", "points", "ms", "ns a point", "ratio"]
    table(f"Value and three partials of {BATCH}", heads, rows)


def files(folder: Path, rows: int = 10**6) -> None:
    """Measure the same from a file to a file, on one processor and on all."""
    import numpy as np

    points = np.random.default_rng(1).uniform(-2, 2, (rows, 3))
    texts = {"csv": folder / "points.csv"}
    with texts["csv"].open("w", encoding="ascii") as stream:
        stream.write("x,y,z\n")
        stream.writelines(f"{x!r},{y!r},{z!r}\n" for x, y, z in points.tolist())
    if importlib.util.find_spec("pyarrow"):
        import pyarrow as pa
        import pyarrow.parquet as pq

        texts["parquet"] = folder / "points.parquet"
        pq.write_table(pa.table(dict(zip("xyz", points.T))), texts["parquet"])
    lines = []
    for kind, file in texts.items():
        for name, bound in (("one processor", ("taskset", "-c", "0")), ("all processors", ())):
            if bound and not shutil.which(bound[0]):
                continue
            times = [run((*bound, *ADCLI, "grad", BATCH, "--points", str(file)), Path(os.devnull)) for _ in range(3)]
            wall, processor = min(ran.seconds for ran in times), min(ran.cpu for ran in times)
            lines.append((f"{kind}, {name}", f"{wall:.2f}", f"{processor:.2f}"))
    heads = ["file", "s", "processor s"]
    table(f"The same from file to file: {rows:,} rows, 3 columns in and 7 out", heads, lines)


def accuracy() -> None:
    """Measure the worst errors, in ulp, of derivatives here and in the libraries that have the function."""
    if importlib.util.find_spec("mpmath"):  # without it nobody knows the truth
        from accuracy import table as lines

        print("\nThe worst error in ulp, at some 500 points a function\n")
        for line in lines(400, 100):
            print(line, flush=True)


def main() -> None:
    """Measure everything."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    about()
    with tempfile.TemporaryDirectory() as folder:
        processes(rounds, Path(folder))
        requests(Path(folder))
        texts(Path(folder))
        formulas(Path(folder))
    operations()
    batches()
    with tempfile.TemporaryDirectory() as folder:
        files(Path(folder))
    gc.disable()  # as the program does
    sweeps()
    growth()
    products()
    programs()
    perceptron()
    accuracy()


if __name__ == "__main__":
    main()
