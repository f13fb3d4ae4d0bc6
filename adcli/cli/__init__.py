"""The command line: what is typed and what is printed, and nothing else.

One small module a command, imported when it is asked for; a command's body imports what it needs.
"""

from __future__ import annotations

import gc

gc.disable()  # a run is short and its data has no cycles; the collector would walk imports and large graphs in vain

import io
import os
import sys
from typing import Any

import click

from adcli import __version__
from adcli.cli.command import Command, Group
from adcli.errors import FINE, INTERRUPTED, LONGEST, USAGE, Fault, printable

COMMANDS = (
    "eval",
    "grad",
    "jvp",
    "vjp",
    "jacobian",
    "hessian",
    "hvp",
    "taylor",
    "diff",
    "check",
    "run",
    "functions",
    "completion",
)


class Adcli(Group):
    """The group of all commands, each in the module of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        command: Command = import_module(f"adcli.cli.{cmd_name}").command
        return command


def show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """Show the version and exit."""
    if value:
        click.echo(f"adcli {__version__}")
        ctx.exit()


@click.group(
    cls=Adcli,
    examples=[
        'adcli grad "sin(x)*y" --at x=1,y=2',
        'adcli grad "ln(x1) + x1*x2 - sin(x2)" --at x1=2,x2=5 --mode forward',
        'adcli grad "x^2*y" --at x=3,y=1 --json',
        'adcli eval "2^0.5"',
        'adcli diff "x^3*sin(x)" --wrt x',
        "adcli functions tanh",
    ],
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version, help="Show the version."
)
def adcli() -> None:
    """A derivative calculator: exact derivatives by automatic differentiation, with every step on view."""


def tell(*args: Any) -> int:
    """Tell a fault (see report.py); return the exit status."""
    from adcli.cli.report import report  # most runs go well

    return report(*args)


def main() -> None:
    """Run the program and exit with the status of CONTRACT: one message for whatever goes wrong, never a traceback."""
    if sys.stderr is None:  # it is closed, and print would write to standard output instead
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    if sys.stdout is None:
        sys.exit(tell("data", "cannot write the result: standard output is closed", None))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name that the encoding cannot hold
    try:
        status = adcli.main(prog_name="adcli", standalone_mode=False) or FINE
        sys.stdout.flush()
    except Fault as fault:
        status = tell(fault.kind, fault.message, fault.hint, fault.text, fault.span)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        status = USAGE
    except click.UsageError as error:
        status = tell("usage", *usage_message(error))
    except (KeyboardInterrupt, click.Abort):
        status = INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click's own way out, from a closed pipe or when it has served a completion
        status = FINE
        close_output()
    except OSError as error:
        status = tell("internal", f"cannot write the result: {error.strerror}", None)
        close_output()
    except MemoryError:
        status = tell("limit", "the program needs more memory than there is", None)
    except Exception as error:
        status = tell("internal", f"a fault in adcli itself: {type(error).__name__}: {error}", "please report it")
    gc.freeze()  # else the interpreter would collect all there is before it ends
    sys.exit(status)


def close_output() -> None:
    """See to it that nothing more is written at exit to a standard output that takes no more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def usage_message(error: click.UsageError) -> tuple[str, str | None]:
    """Return click's message in the style of the others, and the remedy."""
    possible = getattr(error, "possibilities", None)
    if isinstance(error, click.NoSuchOption):
        remedy = f"did you mean {' or '.join(sorted(possible))}?" if possible else getattr(error, "remedy", None)
        return f"no such option {printable(error.option_name, LONGEST)}", remedy
    message = printable(" ".join(error.format_message().split()).rstrip("."), LONGEST)
    command = error.ctx.command_path if error.ctx else "adcli"
    if message[1:2].islower():
        message = message[:1].lower() + message[1:]
    return message, getattr(error, "remedy", f"{command} --help shows how it is used")
