"""SQLAlchemy tables, one file per subject."""

from models.tables.accounts import SignInFailure, SignInSession, User, UserRole
from models.tables.base import Base, Instant, Moment
from models.tables.books import DutyEntry, JournalEntry, Pause
from models.tables.calendar import CalendarSpan, DayOffRow, DayOverride, DecreedYear, WorkingHours
from models.tables.cases import CaseFile, SopVersion, StepRound, StepRoundPast, VaultEntry
from models.tables.papers import Attachment, AttachmentBody, CasePaper, FormDraft
from models.tables.record import AuditEntry, Counter, Setting, Submission
from models.tables.reports import IssuedFile, IssuedReport
from models.tables.ties import CaseAssignee, CaseConflict, CaseLink

__all__ = [
    "Attachment", "AttachmentBody", "AuditEntry", "Base", "CalendarSpan", "CaseAssignee", "CaseConflict", "CaseFile",
    "CaseLink", "CasePaper", "Counter", "DayOffRow", "DayOverride", "DecreedYear", "DutyEntry", "FormDraft", "Instant",
    "IssuedFile", "IssuedReport",
    "JournalEntry", "Moment", "Pause", "Setting", "SignInFailure", "SignInSession", "SopVersion", "StepRound",
    "StepRoundPast", "Submission", "User", "UserRole", "VaultEntry", "WorkingHours",
]  # fmt: skip
