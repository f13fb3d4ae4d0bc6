"""adcli: a command-line derivative calculator. Automatic differentiation, forward and reverse, with every step on view."""

__version__ = "0.1.0"
