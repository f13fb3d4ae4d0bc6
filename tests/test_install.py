"""Installed in each of the ways there are, adcli computes a gradient, outside the checkout and without the network."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

from adcli import __version__ as VERSION

pytest.importorskip("hatchling", reason="the build backend, hatchling, is not installed")

pytestmark = pytest.mark.install

ROOT = Path(__file__).parents[1]
GRAMMARS = {path.name: path.read_bytes() for path in (ROOT / "grammars").iterdir()}
COMPLETIONS = {
    "share/bash-completion/completions/adcli": "adcli.bash",
    "share/zsh/site-functions/_adcli": "_adcli",
    "share/fish/vendor_completions.d/adcli.fish": "adcli.fish",
}
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
ASKS = """
import json, sys
from adcli.cli import main
sys.argv = ["adcli", "grad", "sin(x)*y", "--at", "x=1,y=2", "--json"]
try:
    main()
finally:
    modules = sys.modules
    print(json.dumps({"file": modules["adcli"].__file__, "lark": "lark" in modules}))
"""


def run(*words: object, cwd: Path, **variables: str) -> str:
    """Run a program in a folder, with no path to this checkout but those given, and return what it prints."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "VIRTUAL"))
    }
    command = [str(word) for word in words]
    done = subprocess.run(
        command, cwd=cwd, env=environment | variables, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(hook: str, source: Path, target: Path) -> Path:
    """Call one hook of the build backend, as pip does, and return the file that it made."""
    target.mkdir(exist_ok=True)
    code = f"import sys; from hatchling.build import {hook}; print({hook}(sys.argv[1]))"
    return target / run(sys.executable, "-c", code, target, cwd=source).splitlines()[-1]


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("build_sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def unpacked(sdist: Path) -> Path:
    """The sdist's tree: a checkout of its own."""
    with tarfile.open(sdist) as archive:
        archive.extractall(sdist.parent, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    return sdist.parent / f"adcli-{VERSION}"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("build_wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def install(wheel: Path, folder: Path) -> Path:
    """Install a wheel, and nothing else, into a fresh environment, which borrows the dependencies of the running one."""
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    python = folder / SCRIPTS / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-index", "--no-deps", wheel, cwd=folder)
    own = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    borrowed = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    (own / "borrowed.pth").write_text("".join(f"{path}\n" for path in borrowed), encoding="utf-8")
    return python


def check(python: Path | str, cwd: Path, expected: Path, *, rebuilds: bool = False, **variables: str) -> None:
    """Check that adcli is imported from the place expected, and computes; and that lark is needed for new tables only."""
    answer, where = map(json.loads, run(python, "-c", ASKS, cwd=cwd, **variables).splitlines())
    assert answer["gradient"] == pytest.approx({"x": 2 * math.cos(1), "y": math.sin(1)}, rel=1e-15)
    assert Path(where["file"]).resolve().is_relative_to(expected.resolve())
    assert where["lark"] is rebuilds
    module = run(python, "-m", "adcli", "--version", cwd=cwd, **variables)
    assert module == f"adcli {VERSION}\n"
    assert "sin x" in run(python, "-m", "adcli", "grad", "sin(x)*y", "--at", "x=1,y=2", cwd=cwd, **variables)


def check_script(python: Path, cwd: Path) -> None:
    """Check the console script beside an environment's interpreter."""
    script = python.parent / "adcli"
    assert run(script, "--version", cwd=cwd) == f"adcli {VERSION}\n"
    assert json.loads(run(script, "grad", "x^2", "--at", "x=3", "--json", cwd=cwd))["gradient"] == {"x": 6.0}


@pytest.mark.parametrize("source", ["checkout", "sdist"])
def test_a_wheel_works(source: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if source == "checkout":
        made = request.getfixturevalue("wheel")
    else:
        made = build("build_wheel", request.getfixturevalue("unpacked"), tmp_path / "dist")
    environment = tmp_path / "environment"
    python = install(made, environment)
    check(python, tmp_path, environment)
    check_script(python, tmp_path)
    for place, name in COMPLETIONS.items():
        assert (environment / place).read_bytes() == (ROOT / "completions" / name).read_bytes()
    package = next(environment.rglob("adcli/__init__.py")).parent
    assert {path.name: path.read_bytes() for path in (package / "grammars").iterdir()} == GRAMMARS


def test_an_editable_install_follows_its_checkout(unpacked: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    python = install(build("build_editable", unpacked, tmp_path / "dist"), environment)
    check(python, tmp_path, unpacked)
    check_script(python, tmp_path)
    grammar = unpacked / "grammars/expression.lark"
    before = grammar.read_bytes()
    grammar.write_bytes(before + b"\n// one more line\n")
    try:
        check(python, tmp_path, unpacked, rebuilds=True)
    finally:
        grammar.write_bytes(before)


def test_a_bare_checkout_works(unpacked: Path, tmp_path: Path) -> None:
    check(sys.executable, unpacked, unpacked)
    check(sys.executable, tmp_path, unpacked, PYTHONPATH=str(unpacked))


def test_the_wheels_are_the_same(wheel: Path, unpacked: Path, tmp_path: Path) -> None:
    again = build("build_wheel", unpacked, tmp_path / "dist")
    with ZipFile(wheel) as one, ZipFile(again) as two:
        assert {entry.filename: entry.CRC for entry in one.infolist()} == {
            entry.filename: entry.CRC for entry in two.infolist()
        }


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name and ".data/" not in name}
    package = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "adcli").rglob("*") if path.suffix in (".py", ".typed")
    }
    assert names == package | {f"adcli/grammars/{name}" for name in GRAMMARS}


def files_of(tree: Path) -> set[str]:
    """Give the files of a checkout that belong to the project, as relative paths."""
    parts = ("adcli", "completions", "grammars", "tests", "pyproject.toml", "README.md")
    found = [path for part in parts for path in (tree / part, *(tree / part).rglob("*")) if path.is_file()]
    return {path.relative_to(tree).as_posix() for path in found if path.suffix != ".pyc"}


def test_the_sdist_holds_what_a_packager_needs(unpacked: Path) -> None:
    assert files_of(unpacked) == files_of(ROOT)
