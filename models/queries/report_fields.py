"""Which steps of a SOP a report's list of cases shows, in which fields, and where else their values may stand.

Decided 2026-11. A paper that is filled from a field is where its value was written down in the end: the number of a
letter, who was sent. So a saved paper goes before what was typed in a form, and what stands before the field in the
paper's own order of sources goes before the field too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.sop import Field, FieldType, Sop, Step
from models.sop_document import Document, Fill, Reference
from models.step_form import output_key

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a field's value may stand: `root` is paper or step, and the names of that and of the field in it."""

    root: str
    name: str
    key: str

    def value(self, papers: Mapping[str, Values], steps: Mapping[str, Values]) -> Any:
        return (papers if self.root == "paper" else steps).get(self.name, {}).get(self.key)


@dataclass(frozen=True, slots=True)
class ReportedStep:
    """A step with the fields of its form that the report shows."""

    step: Step
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class ReportFields:
    """The steps that a report shows, by key in the SOP's order, and the places to look for a value in, in this order.

    `places` by step ("" for the case's form) and field; a field without any stands where it was typed.
    """

    steps: Mapping[str, ReportedStep]
    places: Mapping[tuple[str, str], tuple[_Place, ...]]

    @property
    def papers(self) -> set[str]:
        """The papers that are looked into."""
        return {place.name for found in self.places.values() for place in found if place.root == "paper"}

    @property
    def forms(self) -> set[str]:
        """The steps whose forms are looked into."""
        looked_at = {place.name for found in self.places.values() for place in found if place.root == "step"}
        return looked_at | set(self.steps)

    def of_case(
        self, data: Values, papers: Mapping[str, Values], steps: Mapping[str, Values]
    ) -> dict[str, Any]:
        """The case's form with what papers and steps say of it."""
        told = dict(data)
        for (step, key), places in self.places.items():
            if not step and (value := _first(places, papers, steps)):
                told[key] = value
        return told

    def of_step(self, key: str, papers: Mapping[str, Values], steps: Mapping[str, Values]) -> dict[str, Any]:
        """The shown fields of a step that hold a value."""
        typed = steps.get(key, {})
        if not (typed or papers):
            return {}
        found = {}
        for field in self.steps[key].fields:
            places = self.places.get((key, field.key))
            value = _first(places, papers, steps) if places else typed.get(field.key)
            if value not in (None, "", []):
                found[field.key] = value
        return found


def report_fields(sop: Sop) -> ReportFields:
    """What a report shows of a case of this SOP; confidential fields stand nowhere else."""
    steps = {}
    for step in sop.case_steps:
        fields = tuple(field for field in step.fields if field.in_report)
        if fields or step.in_report or step.outcomes:
            steps[step.key] = ReportedStep(step, fields)
    places = {
        (key, field.key): found
        for key, shown in steps.items()
        for field in shown.fields
        if (found := _of_step(sop, shown.step, field))
    }
    places |= {
        ("", field.key): found
        for field in sop.fields
        if field.in_report and not field.confidential and (found := _of_case(sop, field))
    }
    return ReportFields(steps, places)


def names_alone(field: Field, value: Any) -> Any:
    """People without what a paper says of them besides ("Nama; NIP; Pangkat"); any other value as it is."""
    if field.type is FieldType.PEOPLE and isinstance(value, list):
        return [str(line).partition(";")[0].strip() for line in value]
    return value


def _first(places: tuple[_Place, ...], papers: Mapping[str, Values], steps: Mapping[str, Values]) -> Any:
    return next((value for place in places if (value := place.value(papers, steps))), None)


def _of_step(sop: Sop, step: Step, field: Field) -> tuple[_Place, ...]:
    """The papers filled from it, its own form, then the number of the output that such a paper is."""
    papers, outputs = [], []
    for document, fill in _filled_from(sop, Reference("step", (step.key, field.key))):
        papers.append(_Place("paper", document.key, fill.key))
        if document.step == step.key and fill.key == document.number_field:
            outputs += [
                _Place("step", step.key, output_key(output))
                for output in step.outputs
                if output.key == document.output
            ]
    return (*papers, _Place("step", step.key, field.key), *outputs) if papers else ()


def _of_case(sop: Sop, field: Field) -> tuple[_Place, ...]:
    """The papers filled from it, then the steps that those papers ask first."""
    wanted = Reference("case", (field.key,))
    papers, forms = [], []
    for document, fill in _filled_from(sop, wanted):
        papers.append(_Place("paper", document.key, fill.key))
        before = fill.sources[: fill.sources.index(wanted)]
        forms += [
            _Place("step", *source.names)
            for source in before
            if source.root == "step" and len(source.names) == 2
        ]
    return (*papers, *dict.fromkeys(forms))


def _filled_from(sop: Sop, wanted: Reference) -> Iterator[tuple[Document, Fill]]:
    for document in sop.documents:
        for fill in document.fills:
            if wanted in fill.sources:
                yield document, fill
