"""The form of a step: its outputs as fields, then its own fields. Pure.

Decided 2026-11: an output is a number, a link or where the paper is kept, as free text; a file attached to it or a
numbered paper serves as well, and so does the number of that paper where the step's own form asks for it. It may come
later; what is missing is shown as missing beside the case and counted in the completeness, never in the time.
"""

from collections.abc import Collection, Iterator

from models.sop import Field, FieldType, Output, Sop, Step

_PREFIX = "output_"


def step_fields(step: Step) -> tuple[Field, ...]:
    """The fields that finishing `step` asks for; outputs first."""
    return tuple(_output_field(output) for output in step.outputs) + step.fields


def _output_field(output: Output) -> Field:
    return Field(
        key=output_key(output),
        label=output.label,
        group="",
        type=FieldType.TEXT,
        required=False,
        show_if=None,
        choices=(),
        in_table=False,
        in_report=False,
        confidential=False,
        max_length=200,
        help=None,
        default=None,
    )


def output_key(output: Output) -> str:
    """The key under which an output's number is held in a round's data."""
    return _PREFIX + output.key


def is_output(field: Field) -> bool:
    """Whether the field asks for an output of the step."""
    return field.key.startswith(_PREFIX)


def missing_outputs(step: Step, held: Collection[str]) -> tuple[Output, ...]:
    """The outputs that the SOP names for this step and that are not there; `held` are the keys of those that are."""
    return tuple(output for output in step.outputs if output.required and output.key not in held)


def number_keys(sop: Sop, step: Step, output: Output) -> Iterator[str]:
    """The fields of the step's form that take the output's number: first its own, then what its paper is numbered from.

    A step that asks for "Nomor Surat Tugas" has the Surat Tugas once it stands there; nobody has to type it twice.
    """
    own = output_key(output)
    yield own
    for document in sop.documents:
        if (document.step, document.output) != (step.key, output.key):
            continue
        for fill in document.fills:
            if fill.key == document.number_field:
                yield from (
                    source.names[1]
                    for source in fill.sources
                    if source.root == "step" and source.names[0] == step.key and source.names[1] != own
                )
