"""`make bench`: how fast Patuh is, each figure beside what was promised. A figure is never a test.

`python -m tests.bench` measures everything; `python -m tests.bench sizes exports` only these subjects.
"""
