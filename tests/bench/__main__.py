"""Measure and print. Exit code 0 whatever the figures are: a slow machine is no fault of the program."""

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import arrays, exports, large, screens, writers
from tests.bench.figures import Figure, table

SUBJECTS: Mapping[str, Callable[[Path], Iterable[Figure]]] = {
    "screens": screens.measure,
    "large": large.measure,
    "exports": exports.measure,
    "writers": writers.measure,
    "arrays": arrays.measure,
}


def main(names: list[str]) -> None:
    """Measure the subjects of these names, each in a folder of its own, and print one table."""
    figures: list[Figure] = []
    for name in names or SUBJECTS:
        sys.stderr.write(f"{name} …\n")
        with TemporaryDirectory(prefix="patuh-bench-") as folder:
            figures += SUBJECTS[name](Path(folder))
    sys.stdout.write(table(figures) + "\n")


main(sys.argv[1:])
