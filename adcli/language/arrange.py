"""The order of the steps: the one in which a textbook writes them down."""

from __future__ import annotations

from adcli.language.program import Program

TEXTBOOK = 1_000
"""Programs of up to this many nodes are put in the textbook's order; in longer ones, statements stay in that of the text."""


def arranged(program: Program, ends: list[int]) -> Program:
    """Return the program with its nodes in the textbook's order: within a statement, an operation whose operands are ready
    sooner comes sooner. What the result does not need is left out; the inputs come first."""
    graph, needed = program.graph, program.graph.leads_to(program.outputs)
    order = list(program.inputs.values())
    inputs = set(order)
    if len(graph.nodes) > TEXTBOOK:
        order += [index for index, flag in enumerate(needed) if flag and index not in inputs]
    else:
        levels = [0] * len(graph.nodes)
        for index in range(len(graph.nodes)):
            levels[index] = 1 + max((levels[argument] for argument in graph.arguments(index)), default=-1)
        for start, end in zip((0, *ends), ends):
            statement = [index for index in range(start, end) if needed[index] and index not in inputs]
            order += sorted(statement, key=levels.__getitem__)
    graph, new = graph.rearranged(order)
    inputs_now = {name: new[index] for name, index in program.inputs.items()}
    return program._replace(graph=graph, outputs=tuple(new[output] for output in program.outputs), inputs=inputs_now)
