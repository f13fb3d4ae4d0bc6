"""adcli: a command-line derivative calculator. Automatic differentiation, forward and reverse, with every step on view.

From Python: ``adcli.parse("sin(x)*y").gradient({"x": 1, "y": 2})``; see adcli/api.py.
"""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["AdcliWarning", "Fault", "Program", "__version__", "parse"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from adcli.api import AdcliWarning, Fault, Program, parse
else:

    def __getattr__(name: str) -> object:
        """Import the Python interface when it is first asked for (PEP 562): the command line does without."""
        if name not in __all__:
            raise AttributeError(f"module 'adcli' has no attribute {name!r}")
        from adcli import api

        globals().update({public: getattr(api, public) for public in api.__all__})
        return globals()[name]


def __dir__() -> list[str]:
    return __all__
