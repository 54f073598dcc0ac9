"""SQLAlchemy tables, one file per subject."""

from models.tables.accounts import SignInFailure, SignInSession, User, UserRole
from models.tables.base import Base, Instant, Moment
from models.tables.calendar import CalendarSpan, DayOffRow, DayOverride, DecreedYear, WorkingHours
from models.tables.cases import CaseFile, SopVersion, StepRound, VaultEntry
from models.tables.record import AuditEntry, Counter, Setting, Submission

__all__ = [
    "AuditEntry", "Base", "CalendarSpan", "CaseFile", "Counter", "DayOffRow", "DayOverride", "DecreedYear", "Instant",
    "Moment", "Setting", "SignInFailure", "SignInSession", "SopVersion", "StepRound", "Submission", "User", "UserRole",
    "VaultEntry", "WorkingHours",
]  # fmt: skip
