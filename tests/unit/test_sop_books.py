"""Logbooks, duties and limits of a SOP file: read as they stand, and refused where they contradict the rest of it."""

import pytest

from models.sop import Sop
from models.sop_books import Band, Duty, Journal, Limit, Score, Standing
from models.sop_file import SopError, SopProblem, parse
from models.sop_form import Label
from seed import shipped
from tests.unit.broken_sops import SMALL

BOOKS = """
[[journal]]
key = "mood"
label = { id = "Situasi", en = "Situation" }
help = { id = "Tiap perubahan.", en = "Each change." }
executor = "desk"
before = "travel"

[journal.standing]
field = "mood"
otherwise = "calm"
alarm = ["wild"]
text = { id = "Kendali di polisi", en = "The police are in control" }

[[journal.field]]
key = "mood"
label = { id = "Suasana", en = "Mood" }
type = "choice"
required = true
choices = [
  { key = "calm", label = { id = "Tenang", en = "Calm" } },
  { key = "wild", label = { id = "Ricuh", en = "Wild" } },
]

[[journal]]
key = "risk"
label = { id = "Ancaman", en = "Threat" }

[journal.score]
label = { id = "Nilai", en = "Score" }
of = ["likelihood", "impact"]
bands = [
  { upto = 2, label = { id = "Rendah", en = "Low" } },
  { upto = 6, label = { id = "Tinggi", en = "High" } },
]

[[journal.field]]
key = "likelihood"
label = { id = "Kemungkinan", en = "Likelihood" }
type = "choice"
choices = [
  { key = "n1", label = { id = "1", en = "1" } },
  { key = "n2", label = { id = "2", en = "2" } },
]

[[journal.field]]
key = "impact"
label = { id = "Dampak", en = "Impact" }
type = "choice"
choices = [
  { key = "n1", label = { id = "1", en = "1" } },
  { key = "n3", label = { id = "3", en = "3" } },
]

[[limit]]
key = "national"
label = { id = "Batas nasional", en = "National limit" }
days = 14
outcomes = ["good", "poor"]
"""
SOUND = SMALL + BOOKS


def edited(old: str, new: str, text: str = SOUND) -> str:
    """SOUND with the first `old` replaced; an edit that changes nothing is a mistake of the test."""
    assert old in text, f"{old!r} is not in the file"
    return text.replace(old, new, 1)


def problems_of(text: str) -> tuple[SopProblem, ...]:
    with pytest.raises(SopError) as caught:
        parse(text, name="small.toml")
    return caught.value.problems


def small(text: str = SOUND) -> Sop:
    return parse(text, name="small.toml")


# Reading.


def test_logbook_with_slots_is_read_as_it_stands() -> None:
    log = small().journal("log")
    assert (log.every_minutes, log.during, log.before, log.executor) == (120, "travel", None, None)
    assert (log.standing, log.score, log.help) == (None, None, None)


def test_logbook_that_says_how_a_case_stands_is_read_as_it_stands() -> None:
    mood = small().journal("mood")
    assert isinstance(mood, Journal)
    assert (mood.executor, mood.before, mood.every_minutes) == ("desk", "travel", None)
    assert mood.help == Label(id="Tiap perubahan.", en="Each change.")
    assert mood.standing == Standing(
        field="mood",
        otherwise="calm",
        alarm=("wild",),
        text=Label(id="Kendali di polisi", en="The police are in control"),
    )


def test_score_is_read_as_it_stands() -> None:
    low, high = Band(2, Label(id="Rendah", en="Low")), Band(6, Label(id="Tinggi", en="High"))
    assert small().journal("risk").score == Score(
        label=Label(id="Nilai", en="Score"), of=("likelihood", "impact"), bands=(low, high)
    )


def test_duty_and_limit_are_read_as_they_stand() -> None:
    sop = small()
    assert sop.duties == (
        Duty(key="check", label=Label(id="Cek", en="Check"), every="working_day", executor="desk", fields=()),
    )
    limit = Limit("national", Label(id="Batas nasional", en="National limit"), 14, ("good", "poor"))
    assert sop.limits == (limit,)


def test_version_without_books_has_none() -> None:
    sop = small(SMALL[: SMALL.index("[[journal]]")])
    assert (sop.journals, sop.duties, sop.limits, sop.documents) == ((), (), (), ())


# The score.


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ({"likelihood": "n1", "impact": "n1"}, 1),
        ({"likelihood": "n2", "impact": "n3"}, 6),
        ({"likelihood": "n2"}, None),
        ({}, None),
        ({"likelihood": "n2", "impact": ""}, None),
        ({"likelihood": "n2", "impact": None}, None),
        ({"likelihood": "n2", "impact": 3}, None),
        ({"likelihood": "n2", "impact": "high"}, None),
        ({"likelihood": "n2", "impact": "n٣"}, None),
        ({"likelihood": "n2", "impact": "n3\n"}, None),
        ({"likelihood": "n12", "impact": "n12"}, 144),
    ],
)
def test_score_is_the_product_once_both_are_chosen(data: dict[str, object], value: int | None) -> None:
    score = small().journal("risk").score
    assert score is not None
    assert score.value(data) == value


@pytest.mark.parametrize(("value", "word"), [(1, "Low"), (2, "Low"), (3, "High"), (6, "High"), (144, "High")])
def test_score_is_called_by_the_first_band_that_reaches_it(value: int, word: str) -> None:
    score = small().journal("risk").score
    assert score is not None
    assert score.band(value).label.en == word


def test_every_value_of_the_shipped_scores_has_its_own_band() -> None:
    scores = [journal.score for sop in shipped.sops() for journal in sop.journals if journal.score]
    assert scores
    for score in scores:
        reached = {score.band(one * other).upto for one in range(1, 6) for other in range(1, 6)}
        assert reached == {band.upto for band in score.bands}
        assert score.bands[-1].upto >= 25


# What is refused: old, new, dotted key, part of the reason, and a part of the line that is pointed at.

BROKEN: dict[str, tuple[str, str, str, str, str]] = {
    "two logbooks of one key": ('key = "risk"', 'key = "mood"', "journal.mood.key", "is there twice", ""),
    "slots of no length": (
        "every_minutes = 120",
        "every_minutes = 0",
        "journal.log.every_minutes",
        "must be 1 or more",
        "every_minutes",
    ),
    "slots in no step": ('during = "travel"\n', "", "journal.log.during", "stand together", ""),
    "step without slots": (
        "every_minutes = 120\n",
        "",
        "journal.log.during",
        "stand together",
        'during = "travel"',
    ),
    "slots during a periodic step": (
        'during = "travel"',
        'during = "recap"',
        "journal.log.during",
        "'recap' is none of",
        "recap",
    ),
    "entry before an unknown step": (
        'before = "travel"',
        'before = "trip"',
        "journal.mood.before",
        "'trip' is none of",
        "trip",
    ),
    "logbook of an unknown executor": (
        'executor = "desk"\nbefore',
        'executor = "boss"\nbefore',
        "journal.mood.executor",
        "'boss' is none of",
        "boss",
    ),
    "logbook without fields": (
        '[[journal.field]]\nkey = "entry"\nlabel = { id = "Isi", en = "Entry" }\ntype = "long_text"\n',
        "",
        "journal.log.field",
        "an entry must say something",
        "",
    ),
    "logbook with a confidential field": (
        'key = "entry"\n',
        'key = "entry"\nconfidential = true\n',
        "journal.log.field.entry.confidential",
        "only fields of the case's form",
        "confidential",
    ),
    "unknown key in a logbook": (
        'before = "travel"',
        'befor = "travel"',
        "journal.mood.befor",
        "unknown key",
        "befor",
    ),
    "unknown key in a standing": (
        'otherwise = "calm"',
        'otherwise = "calm"\ncolour = 2',
        "journal.mood.standing.colour",
        "unknown key",
        "colour",
    ),
    "unknown key in a score": (
        'of = ["likelihood", "impact"]',
        'of = ["likelihood", "impact"]\ncolour = 2',
        "journal.risk.score.colour",
        "unknown key",
        "colour",
    ),
    "unknown key in a band": (
        "{ upto = 2,",
        "{ upto = 2, colour = 2,",
        "journal.risk.score.bands.1.colour",
        "unknown key",
        "colour",
    ),
    "unknown key in a limit": (
        "days = 14",
        "days = 14\nhours = 2",
        "limit.national.hours",
        "unknown key",
        "hours",
    ),
    "standing by an unknown field": (
        'field = "mood"',
        'field = "air"',
        "journal.mood.standing.field",
        "'air' is no choice field",
        "air",
    ),
    "standing by a text": (
        'type = "choice"\nrequired = true\nchoices = [\n  { key = "calm"',
        'type = "text"\nrequired = true\nchoices = [\n  { key = "calm"',
        "journal.mood.standing.field",
        "'mood' is no choice field",
        "",
    ),
    "standing by a field that may be empty": (
        'type = "choice"\nrequired = true\n',
        'type = "choice"\n',
        "journal.mood.standing.field",
        "must be required and always shown",
        "",
    ),
    "standing by a field that is not always shown": (
        '[[journal.field]]\nkey = "mood"\nlabel = { id = "Suasana", en = "Mood" }\n',
        '[[journal.field]]\nkey = "loud"\nlabel = { id = "Ramai", en = "Loud" }\ntype = "yes_no"\n\n'
        '[[journal.field]]\nkey = "mood"\nlabel = { id = "Suasana", en = "Mood" }\n'
        'show_if = { field = "loud", is = ["yes"] }\n',
        "journal.mood.standing.field",
        "must be required and always shown",
        "",
    ),
    "standing that begins unknown": (
        'otherwise = "calm"',
        'otherwise = "quiet"',
        "journal.mood.standing.otherwise",
        "'quiet' is none of calm, wild",
        "quiet",
    ),
    "alarm that cannot be": (
        'alarm = ["wild"]',
        'alarm = ["fire"]',
        "journal.mood.standing.alarm",
        "'fire' is none of calm, wild",
        "fire",
    ),
    "standing without words": (
        'text = { id = "Kendali di polisi", en = "The police are in control" }\n',
        "",
        "journal.mood.standing.text",
        "missing",
        "",
    ),
    "score of one field": (
        'of = ["likelihood", "impact"]',
        'of = ["impact"]',
        "journal.risk.score.of",
        "needs two fields",
        "of",
    ),
    "score of an unknown field": (
        'of = ["likelihood", "impact"]',
        'of = ["likelihood", "harm"]',
        "journal.risk.score.of",
        "'harm' is no choice field",
        "harm",
    ),
    "score of words": (
        '{ key = "n3"',
        '{ key = "high"',
        "journal.risk.score.of",
        "'impact' is no choice field with the keys n1, n2",
        "",
    ),
    "score without bands": (
        'bands = [\n  { upto = 2, label = { id = "Rendah", en = "Low" } },\n'
        '  { upto = 6, label = { id = "Tinggi", en = "High" } },\n]\n',
        "",
        "journal.risk.score.bands",
        "must be there",
        "",
    ),
    "bands out of order": ("upto = 2", "upto = 7", "journal.risk.score.bands", "a higher upto", ""),
    "two bands of one bound": ("upto = 6", "upto = 2", "journal.risk.score.bands", "a higher upto", ""),
    "band of nothing": (
        "upto = 2",
        "upto = 0",
        "journal.risk.score.bands.1.upto",
        "must be 1 or more",
        "upto = 0",
    ),
    "two limits of one key": (
        "[[limit]]",
        '[[limit]]\nkey = "national"\nlabel = { id = "A", en = "A" }\ndays = 3\noutcomes = ["good"]\n\n[[limit]]',
        "limit.national.key",
        "is there twice",
        "",
    ),
    "limit of an unknown outcome": (
        'outcomes = ["good", "poor"]\n',
        'outcomes = ["fine"]\n',
        "limit.national.outcomes",
        "'fine' is none of",
        "fine",
    ),
    "limit of no outcome": (
        'outcomes = ["good", "poor"]\n',
        "outcomes = []\n",
        "limit.national.outcomes",
        "with which results it holds",
        "outcomes = []",
    ),
    "limit of no days": ("days = 14", "days = 0", "limit.national.days", "must be 1 or more", "days"),
    "limit in text": ("days = 14", 'days = "14"', "limit.national.days", "must be a whole number", "days"),
    "duty of an unknown rhythm": (
        'every = "working_day"',
        'every = "hour"',
        "duty.check.every",
        "'hour' is none of semester, working_day",
        "hour",
    ),
    "duty of an unknown executor": (
        'every = "working_day"\nexecutor = "desk"',
        'every = "working_day"\nexecutor = "boss"',
        "duty.check.executor",
        "'boss' is none of",
        "boss",
    ),
}


def test_sound_file_is_read() -> None:
    """The twin of every broken file: without the edit nothing is refused."""
    assert [journal.key for journal in small().journals] == ["log", "mood", "risk"]


@pytest.mark.parametrize("mistake", BROKEN)
def test_broken_file_is_refused_with_line_key_and_reason(mistake: str) -> None:
    old, new, key, reason, line = BROKEN[mistake]
    text = edited(old, new)
    problems = problems_of(text)
    told = [problem for problem in problems if problem.key == key and reason in problem.reason]
    assert told, "\n".join(map(str, problems))
    if line:
        assert told[0].line is not None
        assert line in text.split("\n")[told[0].line - 1]


@pytest.mark.parametrize(
    "mistake", ["unknown key in a standing", "score of one field", "limit of no outcome"]
)
def test_mistake_is_told_once(mistake: str) -> None:
    old, new, key, *_ = BROKEN[mistake]
    assert [problem.key for problem in problems_of(edited(old, new))] == [key]


# What else a case may do without, and with what it begins.


def test_subject_may_depend_on_the_form_where_there_are_words_instead() -> None:
    shown = 'type = "text"\nrequired = true\nshow_if = { field = "channel", is = ["direct"] }\n'
    text = edited('type = "text"\nrequired = true\n', shown)
    # the field it looks at must stand before it
    head, channel = text.split('[[field]]\nkey = "channel"', 1)
    block, rest = channel.split("[[field]]", 1)
    before, subject = head.split('[[field]]\nkey = "subject"', 1)
    moved = f'{before}[[field]]\nkey = "channel"{block}[[field]]\nkey = "subject"{subject}[[field]]{rest}'
    assert [problem.key for problem in problems_of(moved)] == ["subject_field"]
    words = 'subject_field = "subject"\nsubject_otherwise = { id = "Tanpa pokok", en = "No subject" }\n'
    sop = small(edited('subject_field = "subject"\n', words, moved))
    assert sop.subject_otherwise == Label(id="Tanpa pokok", en="No subject")


def test_beginning_of_a_step_is_read_and_needs_both_languages() -> None:
    begins = 'target = { unit = "schedule" }\nbegins = { id = "Berangkat", en = "Departure" }'
    sop = small(edited('target = { unit = "schedule" }', begins))
    assert sop.step("travel").begins == Label(id="Berangkat", en="Departure")
    assert sop.step("dig").begins is None
    half = edited('target = { unit = "schedule" }', begins.replace(', en = "Departure"', ""))
    assert [problem.key for problem in problems_of(half)] == ["step.travel.begins.en"]
