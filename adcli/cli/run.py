"""adcli run: requests in, answers out."""

from __future__ import annotations

import click

from adcli.cli.command import Command, standard_input


@click.command(
    "run",
    cls=Command,
    examples=[
        """echo '{"id": 1, "command": "grad", "expression": "sin(x)*y", "at": {"x": 1, "y": 2}}' | adcli run""",
        """echo '{"command": "eval", "expression": "x^2 + 1", "at": {"x": 3}}' | adcli run""",
    ],
)
def command() -> int:
    """One JSON request a line from standard input, one JSON answer a line, at once.

    A request has the keys "command", "expression", "at", perhaps "id", which the answer repeats, and any of "wrt", "mode",
    "tangent", "cotangent", "order", "trace", "claim", "kinks" that the command takes. An error is an answer too. At the end the exit status is 0, or 4 if there was an error.
    """
    import gc
    import sys

    from adcli.cli import close_output
    from adcli.cli.lines import Lines
    from adcli.errors import EVALUATE, FINE, Fault
    from adcli.service import reply

    gc.freeze()
    gc.enable()  # a service may run for long, and a fault is held by its own traceback
    status = FINE
    lines = standard_input()
    with Lines(sys.stdout.buffer) as output:
        while True:
            try:
                line = lines.readline()
            except OSError as error:
                raise Fault("unreadable_file", file="standard input", reason=error.strerror) from None
            if not line:
                return status
            text, fine = reply(line)
            status = status if fine else EVALUATE
            try:
                output.write(text)
            except BrokenPipeError:
                close_output()
                return status
