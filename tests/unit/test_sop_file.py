"""A SOP file that contradicts itself is refused with file, line, key and reason; a sound one is read as it stands."""

import hashlib
import re
from datetime import date
from pathlib import Path

import pytest

from models.sla import Target, Unit
from models.sop import Condition, FieldType, Periodic, register_number
from models.sop_file import SopError, SopProblem, load, parse
from tests.unit.broken_sops import ALSO, BROKEN, SMALL


def edited(old: str, new: str, text: str = SMALL) -> str:
    """SMALL with the first `old` replaced; an edit that changes nothing is a mistake of the test."""
    assert old in text, f"{old!r} is not in the file"
    return text.replace(old, new, 1)


def problems_of(text: str) -> tuple[SopProblem, ...]:
    """What a text is refused with."""
    with pytest.raises(SopError) as caught:
        parse(text, name="small.toml")
    return caught.value.problems


def test_small_file_is_sound() -> None:
    """The twin of every broken file: without the edit nothing is refused."""
    sop = parse(SMALL, name="small.toml")
    assert [step.key for step in sop.case_steps] == ["bring", "judge", "dig", "travel"]
    assert sop.step("recap").periodic == Periodic(every="semester", working_day=1)
    assert sop.step("judge").target == Target(unit=Unit.WORKING_DAYS, upper=2, lower=1)
    assert sop.step("bring").unmeasured_unless == Condition(field="channel", values=("direct",))
    assert [field.key for field in sop.confidential_fields] == ["name"]
    assert sop.head.corrections[0].used == "Peng"


@pytest.mark.parametrize("mistake", BROKEN)
def test_broken_file_is_refused_with_file_line_key_and_reason(mistake: str) -> None:
    old, new, key, reason, line = BROKEN[mistake]
    text = edited(old, new)
    if mistake in ALSO:
        text = edited(*ALSO[mistake], text=text)
    problems = problems_of(text)
    told = [problem for problem in problems if problem.key == key and reason in problem.reason]
    assert told, "\n".join(map(str, problems))
    assert {problem.file for problem in problems} == {"small.toml"}
    if line:
        assert told[0].line is not None
        assert line in text.split("\n")[told[0].line - 1]


def test_at_least_thirty_mistakes_are_tried() -> None:
    assert len(BROKEN) >= 30


def test_all_mistakes_of_a_file_are_told_together_in_the_order_of_its_lines() -> None:
    text = SMALL
    for old, new in (
        ('after = ["dig"]', 'after = ["digg"]'),
        ("version = 1", 'version = "1"\ncolour = 2'),
        ('{ id = "Desk", en = "Desk" }', '{ id = "Desk" }'),
        ('every = "working_day"', 'every = "now and then"'),
    ):
        text = edited(old, new, text)
    problems = problems_of(text)
    assert [problem.key for problem in problems] == [
        "version",
        "colour",
        "executor.desk.label.en",
        "step.travel.after",
        "duty.check.every",
    ]


@pytest.mark.parametrize("table", sorted(set(re.findall(r"^\[.*\]$", SMALL, re.MULTILINE))))
def test_unknown_key_is_refused_in_every_kind_of_table(table: str) -> None:
    text = edited(f"{table}\n", f"{table}\ncolour = 2\n")
    (problem,) = problems_of(text)
    assert problem.key.endswith(".colour")
    assert problem.reason == "unknown key"
    assert problem.line == text.split("\n").index("colour = 2") + 1


@pytest.mark.parametrize(
    ("start", "key"),
    [
        ("short = {", "short.colour"),
        ('{ original = "Oeng"', "head.corrections.1.colour"),
        ('{ key = "post"', "field.channel.choices.post.colour"),
        ('show_if = { field = "channel"', "field.name.show_if.colour"),
        ("target = { lower = 1", "step.judge.target.colour"),
        ('outputs = [{ key = "paper"', "step.judge.outputs.paper.colour"),
        ('periodic = { every = "semester"', "step.recap.periodic.colour"),
        ('unmeasured_unless = { field = "channel"', "step.bring.unmeasured_unless.colour"),
    ],
)
def test_unknown_key_is_refused_in_every_kind_of_inner_table(start: str, key: str) -> None:
    told = problems_of(edited(start, start.replace("{", "{ colour = 2,", 1)))
    assert [(problem.key, problem.reason) for problem in told] == [(key, "unknown key")]


def test_file_without_steps_is_refused() -> None:
    head, rest = SMALL[: SMALL.index("[[step]]")], SMALL[SMALL.index("[[status]]") :]
    assert ("step", "there is none") in {
        (problem.key, problem.reason) for problem in problems_of(head + rest)
    }


def test_error_prints_one_problem_a_line() -> None:
    text = edited("version = 1", "version = 0\ncolour = 2")
    with pytest.raises(SopError) as caught:
        parse(text, name="small.toml")
    assert str(caught.value).split("\n") == [
        "small.toml:2: version: must be 1 or more, not 0",
        "small.toml:3: colour: unknown key",
    ]
    assert isinstance(caught.value, ValueError)


def test_wrong_value_is_told_once_and_not_again_for_what_follows_from_it() -> None:
    for old, new, key in (
        ('unit = "schedule"', 'unit = "timetable"', "step.travel.target.unit"),
        ('key = "agency"', 'key = "Agency"', "step.judge.field.1.key"),
        (
            'status = "open"\n\n[[step]]\nkey = "recap"',
            'status = ""\n\n[[step]]\nkey = "recap"',
            "step.travel.status",
        ),
        ('is = ["foreign"]', "is = 5", "step.judge.field.agency.show_if.is"),
        ('type = "long_text"', 'type = "date"\ndefault = "now"', "journal.log.field.entry.default"),
    ):
        assert [problem.key for problem in problems_of(edited(old, new))] == [key]


def test_member_that_is_no_table_does_not_stop_the_reading() -> None:
    text = edited("[[assumption]]\n", "", edited('key = "days"\n', ""))
    text = edited('text = { id = "Hari kerja", en = "Working days" }\n', "", text)
    problems = problems_of('assumption = [5, "x"]\n' + edited("version = 1", "version = 0", text))
    assert {"assumption.1", "assumption.2", "version"} <= {problem.key for problem in problems}
    assert all(problem.reason for problem in problems)


def test_lines_are_found_behind_values_of_many_lines() -> None:
    text = edited('title = "Contoh"', 'title = """Satu\n[[step]]\nversion = 3\ndua"""\ncolour = 2')
    problem = next(problem for problem in problems_of(text) if problem.key == "colour")
    assert problem.line == text.split("\n").index("colour = 2") + 1


def test_windows_line_ends_are_the_same_version() -> None:
    sop = parse(SMALL, name="small.toml")
    assert parse(SMALL.replace("\n", "\r\n"), name="small.toml") == sop
    assert sop.source == SMALL
    assert sop.sha256 == hashlib.sha256(SMALL.encode()).hexdigest()
    assert parse(SMALL + "# a remark\n", name="small.toml").sha256 != sop.sha256


def test_load_names_the_file_without_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    assert load(path) == parse(SMALL, name="other.toml")
    path.write_text(edited("version = 1", "version = 0"), encoding="utf-8")
    with pytest.raises(SopError, match=r"^small\.toml:2: version"):
        load(path)
    path.write_bytes(SMALL.replace("Desk", "D\xe9sk").encode("latin-1"))
    with pytest.raises(SopError, match=r"^small\.toml: is not UTF-8 text$"):
        load(path)


def test_register_number_has_roman_month_and_three_digits() -> None:
    sop = parse(SMALL, name="small.toml")
    numbers = [register_number(sop, seq=n, received_on=date(2026, n, 1)) for n in range(1, 13)]
    assert numbers[0] == "001/X/I/2026"
    assert " ".join(number.split("/")[2] for number in numbers) == "I II III IV V VI VII VIII IX X XI XII"
    assert register_number(sop, seq=1234, received_on=date(2027, 12, 31)) == "1234/X/XII/2027"
    with pytest.raises(ValueError, match="seq must be 1 or more"):
        register_number(sop, seq=0, received_on=date(2026, 1, 1))


def test_lookups_find_by_key_or_raise() -> None:
    sop = parse(SMALL, name="small.toml")
    assert sop.step("dig").no == "3"
    assert sop.field("channel").choice("post").label.in_language("id") == "Pos"
    assert sop.field("channel").choice("post").label.in_language("en-GB") == "Post"
    assert sop.executor("desk").role == "desk_pelayanan"
    assert sop.outcome("foreign").closes == "forwarded"
    assert sop.status("done").final
    assert sop.group("main").note is None
    assert sop.journal("log").every_minutes == 120
    assert sop.duty("check").executor == "desk"
    for find in (
        sop.step,
        sop.field,
        sop.executor,
        sop.outcome,
        sop.status,
        sop.group,
        sop.journal,
        sop.duty,
    ):
        with pytest.raises(KeyError):
            find("nothing")


def test_order_of_steps_can_be_asked_for() -> None:
    sop = parse(SMALL, name="small.toml")
    assert [step.key for step in sop.first_steps] == ["bring"]
    assert [step.key for step in sop.successors("judge")] == ["dig"]
    assert sop.successors("travel") == ()
    assert [step.key for step in sop.periodic_steps] == ["recap"]


def test_parallel_steps_open_together() -> None:
    """An outcome opens every step whose predecessors are then done, also the one behind a skipped step."""
    text = edited('after = ["dig"]', 'after = ["judge"]')
    assert any(problem.key == "outcome.good.opens" for problem in problems_of(text))
    text = edited('opens = ["dig"]', 'opens = ["dig", "travel"]', text)
    sop = parse(text, name="small.toml")
    assert {step.key for step in sop.successors("judge")} == {"dig", "travel"}


def test_defaults_of_what_the_file_leaves_out() -> None:
    sop = parse(SMALL, name="small.toml")
    subject, entry = sop.field("subject"), sop.journal("log").fields[0]
    assert (subject.max_length, entry.max_length) == (200, 4000)
    assert entry.type is FieldType.LONG_TEXT
    assert (subject.in_table, subject.in_report, subject.confidential) == (False, False, False)
    assert sop.step("judge").counted
    assert sop.step("judge").outputs[0].required
    assert (sop.step("judge").time_text, sop.step("judge").remark, sop.step("recap").status) == ("", "", "")
