"""A process of its own that lays out a report: `python -m tests.unit.print_apart`, words in, the file's SHA-256 out."""

import hashlib
import json
import sys

from dashboard.prints import render

if __name__ == "__main__":
    sys.stdout.write(hashlib.sha256(render.report_pdf(json.load(sys.stdin))).hexdigest())
