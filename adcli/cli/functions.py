"""adcli functions: the table of rules."""

from __future__ import annotations

import click

from adcli.cli.command import Command
from adcli.cli.options import output_format


@click.command(
    "functions",
    cls=Command,
    examples=["adcli functions", "adcli functions tanh", "adcli functions max --json"],
)
@click.argument("name", required=False)
@click.option("--format", type=click.Choice(["table", "json"]), help="How to print them.  [default: table]")
@click.option("--json", is_flag=True, help="The same as --format json.")
def command(name: str | None, format: str | None, json: bool) -> None:
    """The functions there are: derivative, where defined, and what is taken at a kink."""
    from adcli.errors import Fault
    from adcli.language import words
    from adcli.reference import entries

    chosen = output_format(format, json)
    found = entries()
    if name is not None:
        found = [entry for entry in found if name in (entry.name, *entry.aliases)]
        if not found:
            near = words.nearest(name, ())
            raise Fault("unknown_function_near", name=name, near=near) if near else Fault("unknown_function", name=name)
    if chosen == "json":
        from adcli.render.json import SCHEMA, write

        write({"schema": SCHEMA, "command": "functions", "functions": [entry._asdict() for entry in found]})
    else:
        from adcli.render.reference import write_one, write_table

        if name is None:
            write_table(found)
        else:
            for entry in found:
                write_one(entry)
