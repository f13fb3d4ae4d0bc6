"""Write tables.py: the LALR(1) tables that lark makes of grammars/*.lark, as plain tuples.

``python -m adcli.language.generate`` writes the module; ``tables(read_grammar(folder))`` makes the same in memory. It is
the one module of the package that needs lark, and runs only where the grammar has changed.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from lark import Lark
from lark.parsers.lalr_analysis import Shift

from adcli.language.syntax import checksum

FILES = ("expression.lark", "point.lark")
STARTS = ("program", "point")

Tables = dict[str, Any]


def read_grammar(folder: str) -> str:
    """Give the text of the grammar: its files, one after the other."""
    pieces = []
    for name in FILES:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            pieces.append(file.read())
    return "\n".join(pieces)


def build(grammar: str, **options: object) -> Lark:
    """Give lark's own parser of the grammar."""
    return Lark(grammar, parser="lalr", start=list(STARTS), lexer="basic", **options)


def tables(grammar: str) -> Tables:
    """Give the tables by name: what a module written by ``spell`` holds.

    States are numbered from the start states on in the order of the symbols that lead to them, so that one grammar has
    one spelling. A state is the place of its row in ACTIONS, which is flat: ACTIONS[state + terminal] is the state to
    shift to, or the negative of a rule's number, or 0 for none. A rule is the number of its nonterminal, its length and
    the name of its action.
    """
    table = build(grammar).parser.parser._parse_table
    rules = sorted(
        {arg for row in table.states.values() for action, arg in row.values() if action is not Shift},
        key=lambda rule: (rule.origin.name, rule.order, [symbol.name for symbol in rule.expansion]),
    )
    nonterminals = sorted({str(rule.origin.name) for rule in rules})
    terminals = sorted({str(key) for row in table.states.values() for key in row} - set(nonterminals))
    number = {rule: at for at, rule in enumerate(rules, 1)}

    # State 0 is never a goal, since 0 stands for "no action".
    order = [table.start_states[start] for start in STARTS]
    states = {state: at * len(terminals) for at, state in enumerate(order)}
    for state in order:
        for key in sorted(table.states[state]):
            action, goal = table.states[state][key]
            if action is Shift and key not in STARTS and goal not in states:
                states[goal] = len(order) * len(terminals)
                order.append(goal)

    def entry(action: object, arg: object) -> int:
        return states[arg] if action is Shift else -number[arg]

    rows = [table.states[state] for state in order]
    return {
        "CHECKSUM": checksum(grammar.encode()),
        "STARTS": STARTS,
        "TERMINALS": tuple(terminals),
        "NONTERMINALS": tuple(nonterminals),
        "RULES": tuple(
            (nonterminals.index(rule.origin.name), len(rule.expansion), str(rule.alias or rule.origin.name))
            for rule in rules
        ),
        "ACTIONS": tuple(entry(*row[key]) if key in row else 0 for row in rows for key in terminals),
        "GOTOS": tuple(
            tuple(states[row[key][1]] if key in row and key not in STARTS else 0 for key in nonterminals)
            for row in rows
        ),
    }


def spell(made: Tables) -> str:
    """Give the text of tables.py."""
    lines = ['"""Generated from grammars/*.lark by python -m adcli.language.generate; not to be edited."""', ""]
    lines += ["# fmt: off"]
    for name, value in made.items():
        if isinstance(value, tuple) and isinstance(value[0], tuple):
            lines += [f"{name} = (", *(f"{item!r}," for item in value), ")"]
        elif name == "ACTIONS":
            step = len(made["TERMINALS"])
            lines += [
                f"{name} = (",
                *(f"{value[at : at + step]!r}"[1:-1] + "," for at in range(0, len(value), step)),
                ")",
            ]
        else:
            lines += [f"{name} = {value!r}"]
    return "\n".join(lines).replace("'", '"') + "\n"


def main() -> None:
    """Write the module beside this one from the grammar of the checkout."""
    here = os.path.dirname(os.path.abspath(__file__))
    grammar = read_grammar(os.path.join(os.path.dirname(os.path.dirname(here)), "grammars"))
    with open(os.path.join(here, "tables.py"), "w", encoding="utf-8") as file:
        file.write(spell(tables(grammar)))
    sys.stdout.write("tables.py written\n")


if __name__ == "__main__":
    main()
