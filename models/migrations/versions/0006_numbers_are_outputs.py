"""The number that a step's form asks for counts as the output of its paper: the counts of finished rounds follow.

A round's count moves only where such a number stands and nothing else has made the output count already.
"""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Paper = tuple[str, str]  # its key, and the field of its form that holds its number
Numbered = dict[
    tuple[int, str], list[tuple[str, str, Paper]]
]  # (version, step): output, field of the step, paper


def upgrade() -> None:
    connection = op.get_bind()
    numbered: Numbered = {}
    for row in connection.execute(sa.text("SELECT id, source FROM sop_version")):
        for step, output, field, paper in _numbered(tomllib.loads(row.source)):
            numbered.setdefault((row.id, step), []).append((output, field, paper))
    rounds = connection.execute(
        sa.text(
            "SELECT id, sop_version_id, case_id, step_key, data, outputs_held FROM step_round "
            "WHERE outputs_held < outputs_due"
        )
    ).all()
    for row in rounds:
        data = _json(row.data)
        more = sum(
            bool(data.get(field))
            and not data.get(f"output_{output}")
            and not _is_there_otherwise(connection, row, output, paper)
            for output, field, paper in numbered.get((row.sop_version_id, row.step_key), ())
        )
        if more:
            connection.execute(
                sa.text("UPDATE step_round SET outputs_held = :held WHERE id = :id"),
                {"held": row.outputs_held + more, "id": row.id},
            )
            connection.execute(
                sa.text(
                    "UPDATE step_round_past SET outputs_held = outputs_held + :more "
                    "WHERE round_id = :id AND outputs_held IS NOT NULL"
                ),
                {"more": more, "id": row.id},
            )


def _numbered(source: dict[str, Any]) -> Iterator[tuple[str, str, str, Paper]]:
    """Step, required output, field of the step and paper, where the paper takes its number from the step's form."""
    required = {
        (step["key"], one["key"])
        for step in source.get("step", [])
        for one in step.get("outputs", [])
        if one.get("required", True)
    }
    for paper in source.get("document", []):
        step, output = paper.get("step"), paper.get("output")
        if (step, output) not in required:
            continue
        for field in paper.get("field", []):
            if field["key"] != paper.get("number_field"):
                continue
            for written in str(field.get("from", "")).split("|"):
                root, _, key = written.strip().rpartition(".")
                if root == f"step.{step}" and key != f"output_{output}":
                    yield step, output, key, (paper["key"], field["key"])


def _is_there_otherwise(connection: sa.Connection, row: sa.Row[Any], output: str, paper: Paper) -> bool:
    files = connection.execute(
        sa.text(
            "SELECT count(*) FROM attachment WHERE round_id = :round AND output_key = :output AND state = 'kept'"
        ),
        {"round": row.id, "output": output},
    ).scalar_one()
    saved = connection.execute(
        sa.text("SELECT data FROM case_paper WHERE case_id = :case AND document_key = :paper"),
        {"case": row.case_id, "paper": paper[0]},
    ).scalar_one_or_none()
    return bool(files) or bool(saved is not None and _json(saved).get(paper[1]))


def _json(stored: Any) -> dict[str, Any]:
    return dict(json.loads(stored) if isinstance(stored, str) else stored)
