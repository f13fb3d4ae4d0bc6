"""Who imports whom, what reaches the interpreter, and what each command loads."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.core

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "adcli").rglob("*.py"))

LAYERS = (
    ("errors",),
    ("graph",),
    ("rules",),
    ("numbers",),
    ("sweeps",),
    ("derive", "simplify", "notation", "names", "taylor"),
    ("latex", "partials"),
    ("formula",),
    ("language", "rounding"),
    ("data", "points", "spots"),
    ("elements", "findings", "trace"),
    ("check",),
    ("answers", "reference"),
    ("batch",),
    ("render", "requests"),
    ("api", "service"),
    ("cli",),
    ("__main__",),
)
"""A module or package imports what stands above it, and itself; what stands beside it, never."""

OUTSIDE = {
    "click": ("adcli/cli/*.py",),
    "lark": ("adcli/language/generate.py",),
    "numpy": (
        "adcli/numbers/arrays.py",
        "adcli/numbers/elements.py",
        "adcli/batch/*.py",
        "adcli/api.py",
    ),  # the last for its types alone
    "pyarrow": ("adcli/batch/tables.py",),
    "rich": ("adcli/render/*.py", "adcli/cli/*.py"),
}
"""Which files may import what is not in Python's own library."""

FORBIDDEN_NAMES = {"eval", "exec", "compile", "__import__", "breakpoint"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "subprocess", "builtins", "code", "codeop", "runpy", "ctypes"}
FORBIDDEN_MEMBERS = {"os": ("system", "popen", "exec*", "spawn*", "posix_spawn*")}


class Import(NamedTuple):
    """One module that a file imports, and where."""

    place: str
    module: str


def imports_of(path: Path) -> Iterator[Import]:
    """Give every import of a file, inside functions and for type checking too; ``from adcli import trace`` is adcli.trace."""
    package = ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import):
            yield from (Import(place, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place}: imports are absolute"
            assert node.module
            yield from (
                Import(place, f"adcli.{alias.name}" if node.module == "adcli" else node.module) for alias in node.names
            )
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            # What is imported by a name made at run time is one of the package's own modules.
            name = ast.unparse(node.args[0])
            assert re.match(rf"f['\"]{re.escape(package)}\.\{{", name), f"{place}: {name} may lead out of {package}"


def layer(module: str) -> int:
    """Give the place of adcli.x or adcli.x.y in the table."""
    part = module.split(".")[1]
    return next(rank for rank, parts in enumerate(LAYERS) if part in parts)


def name_of(path: Path) -> str:
    """Give the name of a file's module, as it is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def is_package_itself(module: str) -> bool:
    """Say whether it is adcli/__init__.py, or a name in it such as adcli.__version__."""
    return not module.startswith("adcli.") or module.startswith("adcli.__") and module != "adcli.__main__"


def test_every_module_has_its_layer() -> None:
    named = {part for parts in LAYERS for part in parts}
    present = {name_of(path).split(".")[1] for path in MODULES if name_of(path) != "adcli"}
    assert named == present


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_what_stands_above_it(path: Path) -> None:
    own = name_of(path)
    for place, module in imports_of(path):
        if not module.startswith("adcli") or is_package_itself(module):
            continue
        if own == "adcli":
            assert not module.startswith("adcli.cli"), f"{place}: nothing imports cli"
        else:
            is_own = module.split(".")[1] == own.split(".")[1]
            assert is_own or layer(module) < layer(own), f"{place}: {own} stands above or beside {module}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_library_is_imported_where_it_belongs(path: Path) -> None:
    for place, module in imports_of(path):
        library = module.split(".")[0]
        if library != "adcli" and library not in sys.stdlib_module_names:
            allowed = OUTSIDE.get(library, ())
            assert any(fnmatchcase(place.split(":")[0], pattern) for pattern in allowed), f"{place}: {library}"


def test_the_package_itself_imports_nothing_at_start() -> None:
    tree = ast.parse((ROOT / "adcli/__init__.py").read_text(encoding="utf-8"))
    found = [ast.unparse(node) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert [line for line in found if "__future__" not in line] == []


def dangers(path: Path) -> Iterator[str]:
    """Give the uses of what runs text as code, or starts a program, as ``file: name``."""
    where = path.relative_to(ROOT).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name) and node.id in FORBIDDEN_NAMES:
            yield f"{where}: {node.id}"
        elif isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value)
            is_member = any(fnmatchcase(node.attr, pattern) for pattern in FORBIDDEN_MEMBERS.get(owner, ()))
            if is_member or node.attr in FORBIDDEN_NAMES - {"compile"} or node.attr == "compile" and owner != "re":
                yield f"{where}: {owner}.{node.attr}"
    for place, module in imports_of(path):
        if module.split(".")[0] in FORBIDDEN_MODULES:
            yield f"{place}: {module}"


@pytest.mark.slow
def test_only_rule_text_becomes_code_and_in_one_place() -> None:
    assert [danger for path in MODULES for danger in dangers(path)] == ["adcli/rules/compiled.py: compile"]


def loaded(*words: str) -> set[str]:
    """Run a command and give the names of all modules that it imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "adcli", *words],
        cwd=ROOT,
        input=REQUEST,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout
    return set(re.findall(r"^import time: +\d+ \| +\d+ \| +(\S+)$", done.stderr, re.MULTILINE))


GRAD = ("grad", "sin(x)*y", "--at", "x=1,y=2")
HEAVY = ("lark", "numpy")
COMPUTING = tuple(f"adcli.{part}" for parts in LAYERS[1:-2] for part in parts)
REQUEST = '{"command": "grad", "expression": "sin(x)*y", "at": {"x": 1, "y": 2}}\n'


@pytest.mark.parametrize(
    ("words", "absent"),
    [
        (("--version",),                   (*HEAVY, "rich", "json", *COMPUTING)),
        (("--help",),                      (*HEAVY, "rich", "json", *COMPUTING)),
        (("grad", "--help"),               (*HEAVY, "rich", "json", *COMPUTING)),
        (("eval", "--help"),               (*HEAVY, "rich", "json", *COMPUTING)),
        (("functions", "--help"),          (*HEAVY, "rich", "json", *COMPUTING)),
        (("run", "--help"),                (*HEAVY, "rich", "json", *COMPUTING)),
        (("run",),                         (*HEAVY, "rich")),
        (("completion", "bash"),           (*HEAVY, "rich", "json", *COMPUTING)),
        ((*GRAD, "--json"),                (*HEAVY, "rich")),
        ((*GRAD, "--json", "--trace"),     (*HEAVY, "rich")),
        (("eval", "2^0.5", "--json"),      (*HEAVY, "rich")),
        ((*GRAD,),                         HEAVY),
        ((*GRAD, "--mode", "forward"),     HEAVY),
        (("eval", "2^0.5"),                HEAVY),
        (("functions",),                   HEAVY),
    ],
    ids=lambda value: " ".join(value) if "lark" not in value else "",
)  # fmt: skip
def test_a_command_loads_what_it_needs(words: tuple[str, ...], absent: tuple[str, ...]) -> None:
    modules = loaded(*words)
    assert "adcli.cli" in modules
    assert sorted(modules & set(absent)) == []


def test_the_modules_that_a_command_loads_are_seen() -> None:
    assert {"adcli.language", "adcli.sweeps", "rich", "click"} <= loaded(*GRAD)
