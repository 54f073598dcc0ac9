"""A small sound SOP file, and what makes it unsound."""

SMALL = """\
code = "small"
version = 1
effective_from = 2024-01-02
number = "1 Tahun 2024"
title = "Contoh"
short = { id = "Contoh", en = "Sample" }
register = "{seq:03}/X/{roman_month}/{year}"
case_noun = { id = "berkas", en = "file" }
received_label = { id = "Diterima", en = "Received" }
subject_field = "subject"
departure_field = "leaves_at"
return_field = "back_at"
readers = ["sekretaris", "desk_pelayanan"]
openers = ["desk_pelayanan"]
identity_readers = ["sekretaris"]

[head]
created_on = 2024-01-01
approved_by = "NAMA"
approver_title = "Sekretaris"
legal_basis = ["Undang-Undang"]
corrections = [
  { original = "Oeng", used = "Peng" },
]

[[group]]
key = "main"
label = { id = "Utama", en = "Main" }

[[field]]
key = "subject"
label = { id = "Pokok", en = "Subject" }
group = "main"
type = "text"
required = true

[[field]]
key = "channel"
label = { id = "Kanal", en = "Channel" }
group = "main"
type = "choice"
default = "direct"
choices = [
  { key = "direct", label = { id = "Langsung", en = "In person" } },
  { key = "post", label = { id = "Pos", en = "Post" } },
]

[[field]]
key = "name"
label = { id = "Nama", en = "Name" }
group = "main"
type = "text"
confidential = true
show_if = { field = "channel", is = ["direct"] }

[[field]]
key = "leaves_at"
label = { id = "Berangkat", en = "Leaves" }
group = "main"
type = "datetime"
required = true

[[field]]
key = "back_at"
label = { id = "Kembali", en = "Back" }
group = "main"
type = "datetime"
required = true

[[executor]]
key = "public"
label = { id = "Warga", en = "Public" }
outside = true

[[executor]]
key = "desk"
label = { id = "Desk", en = "Desk" }
role = "desk_pelayanan"

[[step]]
key = "bring"
no = "1"
name = { id = "Menyerahkan", en = "Hand in" }
activity = "Menyerahkan berkas"
executor = "public"
target = { unit = "none" }
counted = false
automatic = true
status = "open"
unmeasured_unless = { field = "channel", is = ["direct"] }

[[step]]
key = "judge"
no = "2"
name = { id = "Menilai", en = "Judge" }
activity = "Menilai berkas"
executor = "desk"
after = ["bring"]
target = { lower = 1, upper = 2, unit = "working_days" }
before_departure = true
outputs = [{ key = "paper", label = { id = "Nilai", en = "Judgement" } }]
outcomes = ["good", "poor", "foreign"]
status = "open"

[[step.field]]
key = "agency"
label = { id = "Instansi", en = "Agency" }
type = "text"
show_if = { field = "outcome", is = ["foreign"] }

[[step]]
key = "dig"
no = "3"
name = { id = "Mendalami", en = "Dig" }
activity = "Mendalami"
executor = "desk"
reconstructed = true
reconstruction = "Rekonstruksi, keyakinan sedang."
after = ["judge"]
target = { upper = 30, unit = "working_minutes" }
optional = true
status = "open"

[[step]]
key = "travel"
no = "4"
name = { id = "Berjalan", en = "Travel" }
activity = "Berjalan"
executor = "desk"
after = ["dig"]
target = { unit = "schedule" }
counted = false
status = "open"

[[step]]
key = "recap"
no = "5"
name = { id = "Rekap", en = "Recap" }
activity = "Merekap"
executor = "desk"
target = { upper = 1, unit = "working_days" }
periodic = { every = "semester", working_day = 1 }

[[outcome]]
key = "good"
label = { id = "Baik", en = "Good" }
opens = ["dig"]

[[outcome]]
key = "poor"
label = { id = "Kurang", en = "Poor" }
opens = ["travel"]
skips = ["dig"]
skip_reason = { id = "Kurang", en = "Poor" }

[[outcome]]
key = "foreign"
label = { id = "Lain", en = "Foreign" }
skips = ["dig", "travel"]
skip_reason = { id = "Bukan tugas", en = "Not ours" }
closes = "forwarded"

[[status]]
key = "open"
label = { id = "Berjalan", en = "Open" }

[[status]]
key = "done"
label = { id = "Selesai", en = "Done" }
final = true

[[status]]
key = "forwarded"
label = { id = "Disalurkan", en = "Forwarded" }
final = true

[[status]]
key = "withdrawn"
label = { id = "Dicabut", en = "Withdrawn" }
final = true

[[journal]]
key = "log"
label = { id = "Buku", en = "Log" }
every_minutes = 120
during = "travel"

[[journal.field]]
key = "entry"
label = { id = "Isi", en = "Entry" }
type = "long_text"

[[duty]]
key = "check"
label = { id = "Cek", en = "Check" }
every = "working_day"
executor = "desk"

[[assumption]]
key = "days"
text = { id = "Hari kerja", en = "Working days" }
"""

# What is changed in SMALL, and where and why the result must be refused: old, new, dotted key, part of the reason, and
# a part of the line that the problem must point at ("" where no line can be known).
BROKEN: dict[str, tuple[str, str, str, str, str]] = {
    "not TOML": ('code = "small"', 'code = "small', "", "is not TOML", 'code = "small'),
    "a key twice in a table": ("version = 1", "version = 1\nversion = 2", "", "is not TOML", "version = 2"),
    "unknown key at the top": (
        "version = 1",
        "version = 1\ncolour = 2",
        "colour",
        "unknown key",
        "colour = 2",
    ),
    "unknown key in a step": (
        'no = "3"',
        'no = "3"\ncouted = false',
        "step.dig.couted",
        "unknown key",
        "couted = false",
    ),
    "unknown key in a label": (
        '{ id = "Buku", en = "Log" }',
        '{ id = "Buku", en = "Log", fr = "X" }',
        "journal.log.label.fr",
        "unknown key",
        'fr = "X"',
    ),
    "unknown key in a choice": (
        '{ key = "post", label',
        '{ key = "post", color = 1, label',
        "field.channel.choices.post.color",
        "unknown key",
        "color = 1",
    ),
    "unknown kind of table": (
        "[[duty]]",
        "[[chore]]",
        "chore",
        "unknown key",
        "[[chore]]",
    ),
    "group in a step's field": (
        'key = "agency"',
        'key = "agency"\ngroup = "main"',
        "step.judge.field.agency.group",
        "unknown key",
        'group = "main"',
    ),
    "missing number": ('number = "1 Tahun 2024"\n', "", "number", "missing", ""),
    "missing head": ("[head]", "[foot]", "head", "missing", ""),
    "missing English label": (
        '{ id = "Desk", en = "Desk" }',
        '{ id = "Desk" }',
        "executor.desk.label.en",
        "missing",
        '{ id = "Desk" }',
    ),
    "label as bare text": (
        'name = { id = "Menilai", en = "Judge" }',
        'name = "Menilai"',
        "step.judge.name",
        "must be a table, not text",
        'name = "Menilai"',
    ),
    "blank title": ('title = "Contoh"', 'title = " "', "title", "is blank", 'title = " "'),
    "control character": ('"Menilai berkas"', '"Menilai\\u0007"', "step.judge.activity", "control", "u0007"),
    "version as text": (
        "version = 1",
        'version = "1"',
        "version",
        "must be a whole number, not text",
        "version",
    ),
    "version as true": ("version = 1", "version = true", "version", "not true or false", "version"),
    "version 0": ("version = 1", "version = 0", "version", "must be 1 or more", "version"),
    "date as text": (
        "effective_from = 2024-01-02",
        'effective_from = "2024-01-02"',
        "effective_from",
        "must be a date, not text",
        "effective_from",
    ),
    "date with a time": (
        "created_on = 2024-01-01",
        "created_on = 2024-01-01T08:00:00",
        "head.created_on",
        "date",
        "c",
    ),
    "flag as text": (
        "optional = true",
        'optional = "ya"',
        "step.dig.optional",
        "must be true or false",
        "optional",
    ),
    "list as text": (
        'after = ["judge"]',
        'after = "judge"',
        "step.dig.after",
        "must be a list, not text",
        "after",
    ),
    "number in a list of texts": (
        'legal_basis = ["Undang-Undang"]',
        'legal_basis = ["Undang-Undang", 7]',
        "head.legal_basis.2",
        "must be text, not a whole number",
        "legal_basis",
    ),
    "table in place of an array": (
        "[[assumption]]",
        "[assumption]",
        "assumption",
        "must be a list",
        "[assumption]",
    ),
    "code that is no key": ('code = "small"', 'code = "Small SOP"', "code", "is not a key", "code"),
    "two fields of one key": ('key = "name"', 'key = "subject"', "field.subject.key", "is there twice", ""),
    "two steps of one key": ('key = "travel"', 'key = "dig"', "step.dig.key", "is there twice", ""),
    "two steps of one number": ('no = "4"', 'no = "3"', "step.travel.no", "'3' is there twice", 'no = "3"'),
    "two choices of one key": (
        '{ key = "post"',
        '{ key = "direct"',
        "field.channel.choices.direct.key",
        "is there twice",
        'id = "Pos"',
    ),
    "two fields of one key in a step": (
        'is = ["foreign"] }\n',
        'is = ["foreign"] }\n\n[[step.field]]\nkey = "agency"\nlabel = { id = "A", en = "A" }\ntype = "text"\n',
        "step.judge.field.agency.key",
        "is there twice",
        'key = "agency"',
    ),
    "two outputs of one key": (
        'en = "Judgement" } }]',
        'en = "Judgement" } }, { key = "paper", label = { id = "Nilai", en = "Judgement" } }]',
        "step.judge.outputs.paper.key",
        "is there twice",
        "outputs",
    ),
    "reserved field name": (
        'key = "agency"',
        'key = "outcome"',
        "step.judge.field.outcome.key",
        "reserved",
        "outcome",
    ),
    "field under the papers' prefix": (
        'key = "agency"',
        'key = "output_paper"',
        "step.judge.field.output_paper.key",
        "reserved",
        "output_paper",
    ),
    "field under no group": (
        'key = "name"\nlabel = { id = "Nama", en = "Name" }\ngroup = "main"',
        'key = "name"\nlabel = { id = "Nama", en = "Name" }\ngroup = "side"',
        "field.name.group",
        "'side' is none of main",
        'group = "side"',
    ),
    "group without fields": (
        "[[group]]",
        '[[group]]\nkey = "bare"\nlabel = { id = "Kosong", en = "Bare" }\n\n[[group]]',
        "group.bare.key",
        "no field stands under",
        'key = "bare"',
    ),
    "unknown field type": (
        'type = "choice"',
        'type = "select"',
        "field.channel.type",
        "'select' is none of",
        "select",
    ),
    "choice field without choices": ("choices = [", "help = [", "field.channel.choices", "missing", ""),
    "choices on a text field": (
        'type = "long_text"',
        'type = "long_text"\nchoices = [{ key = "a", label = { id = "A", en = "A" } }]',
        "journal.log.field.entry.choices",
        "a long_text field has none",
        "choices",
    ),
    "default that is no choice": (
        'default = "direct"',
        'default = "fax"',
        "field.channel.default",
        "'fax' is none of direct, post",
        "fax",
    ),
    "default of a date": (
        'type = "datetime"\nrequired = true\n\n[[field]]',
        'type = "datetime"\nrequired = true\ndefault = "now"\n\n[[field]]',
        "field.leaves_at.default",
        "has no default",
        "now",
    ),
    "length of a choice": (
        'default = "direct"',
        'default = "direct"\nmax_length = 5',
        "field.channel.max_length",
        "has no length",
        "max_length",
    ),
    "length beyond all measure": (
        'type = "long_text"',
        'type = "long_text"\nmax_length = 10001',
        "journal.log.field.entry.max_length",
        "must be 10000 or less",
        "10001",
    ),
    "show_if on an unknown field": (
        'show_if = { field = "channel"',
        'show_if = { field = "canal"',
        "field.name.show_if.field",
        "'canal' is no field that stands before",
        "canal",
    ),
    "show_if on a later field": (
        'type = "choice"',
        'type = "choice"\nshow_if = { field = "leaves_at", is = ["x"] }',
        "field.channel.show_if.field",
        "no field that stands before",
        "show_if",
    ),
    "show_if on an unknown value": (
        'show_if = { field = "channel", is = ["direct"] }',
        'show_if = { field = "channel", is = ["fax"] }',
        "field.name.show_if.is",
        "'fax' is none of direct, post",
        "fax",
    ),
    "show_if without values": (
        'show_if = { field = "channel", is = ["direct"] }',
        'show_if = { field = "channel", is = [] }',
        "field.name.show_if.is",
        "missing",
        "is = []",
    ),
    "show_if on a text": (
        'show_if = { field = "channel", is = ["direct"] }',
        'show_if = { field = "subject", is = ["direct"] }',
        "field.name.show_if.field",
        "which no condition can look at",
        'field = "subject"',
    ),
    "show_if on an outcome the step lacks": (
        'is = ["foreign"]',
        'is = ["fine"]',
        "step.judge.field.agency.show_if.is",
        "'fine' is none of foreign, good, poor",
        "fine",
    ),
    "show_if on a yes that is no yes": (
        'type = "text"\nshow_if = { field = "outcome", is = ["foreign"] }\n',
        'type = "yes_no"\n\n[[step.field]]\nkey = "more"\nlabel = { id = "A", en = "A" }\ntype = "text"\n'
        'show_if = { field = "agency", is = ["true"] }\n',
        "step.judge.field.more.show_if.is",
        "'true' is none of no, yes",
        "show_if",
    ),
    "show_if that tells a secret": (
        'default = "direct"\n',
        "confidential = true\n",
        "field.subtle.show_if.field",
        "would tell what a confidential field holds",
        "",
    ),
    "unmeasured_unless on an unknown field": (
        'unmeasured_unless = { field = "channel"',
        'unmeasured_unless = { field = "canal"',
        "step.bring.unmeasured_unless.field",
        "'canal' is no field",
        "canal",
    ),
    "confidential subject": (
        'type = "text"\nrequired = true',
        'type = "text"\nrequired = true\nconfidential = true',
        "subject_field",
        "'subject' is confidential",
        "subject_field",
    ),
    "unknown subject": (
        'subject_field = "subject"',
        'subject_field = "topic"',
        "subject_field",
        "no field",
        "topic",
    ),
    "subject not required": (
        'type = "text"\nrequired = true',
        'type = "text"',
        "subject_field",
        "must be required and always shown",
        "subject_field",
    ),
    "departure that is no moment": (
        'departure_field = "leaves_at"',
        'departure_field = "subject"',
        "departure_field",
        "is a text field, not datetime",
        "departure_field",
    ),
    "confidential field in tables": (
        "confidential = true",
        "confidential = true\nin_table = true",
        "field.name.in_table",
        "cannot stand in tables",
        "in_table",
    ),
    "confidential field of a step": (
        'key = "agency"',
        'key = "agency"\nconfidential = true',
        "step.judge.field.agency.confidential",
        "only fields of the case's form",
        "confidential = true",
    ),
    "confidential fields nobody may read": (
        'identity_readers = ["sekretaris"]',
        "identity_readers = []",
        "identity_readers",
        "nobody could read them",
        "identity_readers",
    ),
    "unknown role": (
        '"sekretaris", "desk_pelayanan"]',
        '"sekretaris", "raja"]',
        "readers",
        "'raja' is none of",
        "raja",
    ),
    "role listed twice": (
        'readers = ["sekretaris", "desk_pelayanan"]',
        'readers = ["sekretaris", "desk_pelayanan", "sekretaris"]',
        "readers",
        "'sekretaris' is listed twice",
        "readers",
    ),
    "unknown opener": (
        'openers = ["desk_pelayanan"]',
        'openers = ["raja"]',
        "openers",
        "'raja' is none of",
        "raja",
    ),
    "nobody reads": (
        'readers = ["sekretaris", "desk_pelayanan"]',
        "readers = []",
        "readers",
        "nobody could see",
        "readers = []",
    ),
    "opener who may not read": (
        'openers = ["desk_pelayanan"]',
        'openers = ["jagat_saksana"]',
        "openers",
        "'jagat_saksana' is not among the readers",
        "openers",
    ),
    "nobody opens": (
        'openers = ["desk_pelayanan"]',
        "openers = []",
        "openers",
        "nobody could open",
        "openers",
    ),
    "executor of an unknown role": (
        'role = "desk_pelayanan"',
        'role = "desk"',
        "executor.desk.role",
        "none of",
        "role",
    ),
    "executor who may not read": (
        'role = "desk_pelayanan"',
        'role = "pimpinan"',
        "executor.desk.role",
        "not among the readers",
        "pimpinan",
    ),
    "executor nobody records": ('role = "desk_pelayanan"\n', "", "executor.desk.role", "missing", ""),
    "step nobody records": (
        'executor = "desk"\nafter = ["dig"]',
        'executor = "public"\nafter = ["dig"]',
        "step.travel.executor",
        "nobody of the office records",
        'executor = "public"',
    ),
    "unknown executor": (
        'executor = "desk"\nafter = ["dig"]',
        'executor = "boss"\nafter = ["dig"]',
        "step.travel.executor",
        "'boss' is none of desk, public",
        "boss",
    ),
    "reconstruction without a note": (
        'reconstruction = "Rekonstruksi, keyakinan sedang."\n',
        "",
        "step.dig.reconstruction",
        "has a note",
        "",
    ),
    "unknown step in after": (
        'after = ["dig"]',
        'after = ["digg"]',
        "step.travel.after",
        "'digg' is no step",
        "digg",
    ),
    "step after itself": (
        'after = ["dig"]',
        'after = ["travel"]',
        "step.travel.after",
        "after itself",
        "travel",
    ),
    "step after a periodic one": (
        'after = ["dig"]',
        'after = ["dig", "recap"]',
        "step.travel.after",
        "'recap' is no step of a case",
        "recap",
    ),
    "step twice in after": (
        'after = ["dig"]',
        'after = ["dig", "dig"]',
        "step.travel.after",
        "names a step twice",
        "after",
    ),
    "outcome twice in a step": (
        '["good", "poor", "foreign"]',
        '["good", "poor", "foreign", "poor"]',
        "step.judge.outcomes",
        "names an outcome twice",
        "outcomes",
    ),
    "circle of steps": (
        'after = ["judge"]',
        'after = ["travel"]',
        "step.travel.after",
        "circle: travel -> dig -> travel",
        'after = ["dig"]',
    ),
    "no first step": (
        'executor = "public"',
        'executor = "public"\nafter = ["travel"]',
        "step",
        "there is no first step",
        "",
    ),
    "periodic step with a place in the order": (
        'periodic = { every = "semester"',
        'after = ["dig"]\nperiodic = { every = "semester"',
        "step.recap.after",
        "periodic step",
        'after = ["dig"]',
    ),
    "unknown period": (
        'every = "semester"',
        'every = "fortnight"',
        "step.recap.periodic.every",
        "'fortnight' is none of semester",
        "fortnight",
    ),
    "automatic step that is not the first": (
        "optional = true",
        "optional = true\nautomatic = true",
        "step.dig.automatic",
        "only a first step",
        "automatic",
    ),
    "optional step with outcomes": (
        "before_departure = true",
        "optional = true",
        "step.judge.optional",
        "cannot be left out",
        "optional",
    ),
    "unknown unit": (
        'upper = 30, unit = "working_minutes"',
        'upper = 30, unit = "hours"',
        "step.dig.target.unit",
        "'hours' is none of",
        "hours",
    ),
    "target without a number": (
        'upper = 30, unit = "working_minutes"',
        'unit = "working_minutes"',
        "step.dig.target",
        "impossible",
        "target",
    ),
    "target of zero": ("upper = 30", "upper = 0", "step.dig.target", "impossible", "upper = 0"),
    "target upside down": (
        "lower = 1, upper = 2",
        "lower = 3, upper = 2",
        "step.judge.target",
        "impossible",
        "lower",
    ),
    "schedule with a number": (
        '{ unit = "schedule" }',
        '{ upper = 2, unit = "schedule" }',
        "step.travel.target",
        "impossible",
        "upper = 2",
    ),
    "schedule without a return": (
        'return_field = "back_at"\n',
        "",
        "step.travel.target",
        "return_field is missing",
        "",
    ),
    "cap without a departure": (
        'departure_field = "leaves_at"\n',
        "",
        "step.judge.before_departure",
        "departure_field is missing",
        "",
    ),
    "counted without a time to keep": (
        "counted = false\nautomatic",
        "automatic",
        "step.bring.counted",
        "must be false",
        "",
    ),
    "step of an unknown status": (
        'optional = true\nstatus = "open"',
        'optional = true\nstatus = "ajar"',
        "step.dig.status",
        "'ajar' is none of open",
        "ajar",
    ),
    "step without a status": (
        'optional = true\nstatus = "open"\n',
        "optional = true\n",
        "step.dig.status",
        "missing",
        "",
    ),
    "periodic step with a status": (
        'periodic = { every = "semester"',
        'status = "open"\nperiodic = { every = "semester"',
        "step.recap.status",
        "belongs to no case",
        'status = "open"',
    ),
    "step of a final status": (
        'optional = true\nstatus = "open"',
        'optional = true\nstatus = "done"',
        "step.dig.status",
        "'done' is none of open",
        'status = "done"',
    ),
    "no final status done": ('key = "done"', 'key = "finished"', "status", "'done' is missing", ""),
    "status no step has": (
        'key = "open"\nlabel = { id = "Berjalan", en = "Open" }',
        'key = "ajar"\nlabel = { id = "Renggang", en = "Ajar" }\n\n[[status]]\nkey = "open"\n'
        'label = { id = "Berjalan", en = "Open" }',
        "status.ajar.key",
        "no step has the status",
        'key = "ajar"',
    ),
    "final status nothing closes with": (
        'closes = "forwarded"',
        'closes = "done"',
        "status.forwarded.key",
        "no outcome closes a case as 'forwarded'",
        'key = "forwarded"',
    ),
    "unknown outcome": (
        '"good", "poor", "foreign"',
        '"good", "poor", "fine"',
        "step.judge.outcomes",
        "'fine'",
        "fine",
    ),
    "outcome of no step": (
        '["good", "poor", "foreign"]',
        '["good", "poor"]',
        "outcome.foreign.key",
        "no step has",
        "",
    ),
    "one outcome only": (
        '["good", "poor", "foreign"]',
        '["good"]',
        "step.judge.outcomes",
        "no choice",
        '["good"]',
    ),
    "outcome that opens what `after` would not": (
        'opens = ["travel"]',
        'opens = ["dig"]',
        "outcome.poor.opens",
        "cannot be opened and skipped",
        'opens = ["dig"]',
    ),
    "outcome that opens too little": (
        'opens = ["dig"]',
        "opens = []",
        "outcome.good.opens",
        "says nothing, but `after` would open dig",
        "opens = []",
    ),
    "outcome that opens too early": (
        'opens = ["dig"]',
        'opens = ["dig", "travel"]',
        "outcome.good.opens",
        "says dig, travel, but `after` would open dig",
        "opens",
    ),
    "outcome that skips what came before": (
        'skips = ["dig"]',
        'skips = ["dig", "bring"]',
        "outcome.poor.skips",
        "'bring' is no step that comes after 'judge'",
        "bring",
    ),
    "outcome that skips all and closes nothing": (
        'opens = ["travel"]\nskips = ["dig"]',
        'skips = ["dig", "travel"]',
        "outcome.poor.skips",
        "nothing is left to open",
        "skips",
    ),
    "closing outcome that leaves a step open": (
        'skips = ["dig", "travel"]',
        'skips = ["dig"]',
        "outcome.foreign.skips",
        "leaves travel open",
        "skips",
    ),
    "closing outcome that opens a step": (
        'closes = "forwarded"',
        'closes = "forwarded"\nopens = ["dig"]',
        "outcome.foreign.opens",
        "opens nothing",
        'opens = ["dig"]',
    ),
    "outcome that closes with a running status": (
        'closes = "forwarded"',
        'closes = "open"',
        "outcome.foreign.closes",
        "'open' is no final status",
        'closes = "open"',
    ),
    "skipping without a reason": (
        'skip_reason = { id = "Kurang", en = "Poor" }\n',
        "",
        "outcome.poor.skip_reason",
        "is needed where steps are skipped",
        "",
    ),
    "journal during an unknown step": (
        'during = "travel"',
        'during = "trip"',
        "journal.log.during",
        "'trip'",
        "trip",
    ),
    "journal due at no time": ('during = "travel"\n', "", "journal.log.during", "stand together", ""),
    "duty of unknown rhythm": (
        'every = "working_day"',
        'every = "now and then"',
        "duty.check.every",
        "'now and then' is none of",
        "every",
    ),
    "duty of an unknown executor": (
        'every = "working_day"\nexecutor = "desk"',
        'every = "working_day"\nexecutor = "boss"',
        "duty.check.executor",
        "'boss' is none of",
        "boss",
    ),
    "register without a number": ("{seq:03}/X/", "X/", "register", "lacks {seq}", "register"),
    "register without a year": ("/{year}", "", "register", "lacks {year}", "register"),
    "register with an unknown name": (
        "{roman_month}",
        "{month}",
        "register",
        "{month} is none of",
        "register",
    ),
    "report whose file has a name that leads elsewhere": (
        "[head]\n",
        '[report]\ntitle = { id = "L", en = "R" }\nlist = { id = "D", en = "L" }\nfile = "../L"\n\n[head]\n',
        "report.file",
        "begins the name of a file",
        "../L",
    ),
    "register that reaches into the program": (
        "{year}",
        "{year.__class__}",
        "register",
        "none of",
        "register",
    ),
    "register with a wild format": (
        "{seq:03}",
        "{seq:99999999999}",
        "register",
        "may only be written",
        "register",
    ),
    "register that is no pattern": ("{seq:03}", "{seq:03", "register", "is no pattern", "register"),
    "register with an empty place": ("{seq:03}", "{seq}{}", "register", "{} is none of", "register"),
}

# Edits that need a second one to bring the mistake about.
ALSO = {
    "show_if that tells a secret": (
        '[[field]]\nkey = "leaves_at"',
        '[[field]]\nkey = "subtle"\nlabel = { id = "Halus", en = "Subtle" }\ngroup = "main"\ntype = "text"\n'
        'show_if = { field = "channel", is = ["post"] }\n\n[[field]]\nkey = "leaves_at"',
    ),
}
