"""Measure and print. Exit code 0 whatever the figures are: a slow machine is no fault of the program."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import arrays, exports, memory, postgres, reports, sizes, started, users, writers
from tests.bench.figures import Figure, table

SUBJECTS: Mapping[str, Callable[[Path], Iterable[Figure]]] = {
    "start": started.measure,
    "sizes": sizes.measure,
    "postgres": postgres.measure,
    "users": users.measure,
    "writers": writers.measure,
    "arrays": arrays.measure,
    "reports": reports.measure,
    "exports": exports.measure,
    "memory": memory.measure,
}


def main(names: list[str]) -> None:
    """Measure the subjects of these names, each in a folder of its own, and print one table."""
    figures: list[Figure] = []
    names = names or list(SUBJECTS)
    for name in names:
        sys.stderr.write(f"{name} …\n")
        with TemporaryDirectory(prefix="patuh-bench-") as folder:
            figures += SUBJECTS[name](Path(folder))
    sys.stdout.write(table(figures) + "\n\n" + _summary(figures) + "\n")


def _summary(figures: list[Figure]) -> str:
    judged = [figure for figure in figures if figure.ratio is not None]
    short = [figure for figure in judged if figure.verdict != "holds"]
    busy = f"; load of the machine {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{len(judged) - len(short)} of {len(judged)} budgets hold{busy}"


main(sys.argv[1:])
