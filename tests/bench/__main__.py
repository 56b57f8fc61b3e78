"""Run all benches, or those named: `python -m tests.bench`, `python -m tests.bench pool serving`."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Sequence

from rich.console import Console

import tests.bench as benches


def main(names: Sequence[str]) -> int:
    """0, or 2 when a named bench does not exist."""
    found = discover()
    unknown = sorted(set(names) - set(found))
    if unknown:
        Console(stderr=True).print(f"There is no bench called {unknown[0]}; there are {', '.join(found)}.")
        return 2
    for name in names or found:
        Console().rule(name)
        found[name]()
    return 0


def discover() -> dict[str, Callable[[], None]]:
    """Every `main` of the modules beside this one, by module name."""
    names = sorted(
        info.name for info in pkgutil.iter_modules(benches.__path__) if not info.name.startswith(("_", "test_"))
    )
    modules = {name: importlib.import_module(f"tests.bench.{name}") for name in names}
    return {name: module.main for name, module in modules.items() if hasattr(module, "main")}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
