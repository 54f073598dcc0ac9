"""Who may do what. Roles are lists of permissions; a SOP names the roles that may read and open its cases.

The list of roles follows the office: administrator, leaders (read only), Sekretaris, Kasubbag Keuangan, Umum dan
Logistik, Sub Bagian Hukum, service desk, Jagat Saksana, examination team. A person may hold several. Decided 2026-11:
the administrator keeps accounts and may record for others, but never sees a reporter's identity; leaders may see an
identity because the Ketua is named among those who may, and every look is on the record. Leaders and administrators
take a case out of the hands of somebody with an interest in it, because the SOP would lead it through those very hands.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Protocol


class Permission(StrEnum):
    """What can be allowed, each checked by the command or the query it names."""

    VIEW_SUMMARY = auto()
    VIEW_TASKS = auto()
    VIEW_CASES = auto()
    VIEW_IDENTITY = auto()
    VIEW_REPORTS = auto()
    VIEW_SOPS = auto()
    OPEN_CASE = auto()
    EDIT_CASE = auto()
    RECORD_STEP = auto()
    RECORD_FOR_OTHERS = auto()
    CORRECT_STEP = auto()
    RETURN_STEP = auto()
    CLOSE_CASE = auto()
    DECLARE_CONFLICT = auto()
    REASSIGN_CASE = auto()
    EXPORT = auto()
    EXPORT_IDENTITY = auto()
    ISSUE_REPORT = auto()
    MANAGE_USERS = auto()
    VIEW_TRAIL = auto()


class Role(StrEnum):
    """The keys stored with a person and named in SOP files."""

    ADMINISTRATOR = auto()
    PIMPINAN = auto()
    SEKRETARIS = auto()
    KASUBBAG_KUL = auto()
    SUB_BAGIAN_HUKUM = auto()
    DESK_PELAYANAN = auto()
    JAGAT_SAKSANA = auto()
    TIM_PEMERIKSA = auto()


_P = Permission
_READER = frozenset({_P.VIEW_SUMMARY, _P.VIEW_CASES, _P.VIEW_REPORTS, _P.VIEW_SOPS, _P.EXPORT})
_STAFF = frozenset(
    {_P.VIEW_TASKS, _P.VIEW_SUMMARY, _P.VIEW_CASES, _P.VIEW_SOPS, _P.RECORD_STEP, _P.RETURN_STEP, _P.EXPORT}
)
_HEAD = _STAFF | {_P.VIEW_REPORTS, _P.OPEN_CASE, _P.EDIT_CASE, _P.CORRECT_STEP, _P.ISSUE_REPORT}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: _HEAD
    | {
        _P.RECORD_FOR_OTHERS,
        _P.CLOSE_CASE,
        _P.MANAGE_USERS,
        _P.VIEW_TRAIL,
        _P.DECLARE_CONFLICT,
        _P.REASSIGN_CASE,
    },
    Role.PIMPINAN: _READER | {_P.VIEW_IDENTITY, _P.DECLARE_CONFLICT, _P.REASSIGN_CASE},
    Role.SEKRETARIS: _HEAD
    | {
        _P.RECORD_FOR_OTHERS,
        _P.CLOSE_CASE,
        _P.VIEW_IDENTITY,
        _P.EXPORT_IDENTITY,
        _P.VIEW_TRAIL,
        _P.DECLARE_CONFLICT,
    },
    Role.KASUBBAG_KUL: _HEAD,
    Role.SUB_BAGIAN_HUKUM: _HEAD | {_P.VIEW_IDENTITY, _P.EXPORT_IDENTITY, _P.DECLARE_CONFLICT},
    Role.DESK_PELAYANAN: _STAFF | {_P.OPEN_CASE, _P.EDIT_CASE, _P.VIEW_IDENTITY, _P.DECLARE_CONFLICT},
    Role.JAGAT_SAKSANA: _STAFF,
    Role.TIM_PEMERIKSA: _STAFF | {_P.VIEW_IDENTITY},
}


class Scope(Protocol):
    """What a SOP says about access; `models.sop.Sop` has these."""

    @property
    def readers(self) -> Collection[str]: ...  # noqa: D102
    @property
    def openers(self) -> Collection[str]: ...  # noqa: D102
    @property
    def identity_readers(self) -> Collection[str]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the account and its roles as they stand at this very moment, never as they stood at sign-in."""

    user_id: int
    name: str
    roles: frozenset[Role]
    language: str = "id"

    def permissions(self) -> frozenset[Permission]:
        """All that the roles together allow."""
        return frozenset().union(*(PERMISSIONS[role] for role in self.roles))


_SCOPED = {
    Permission.OPEN_CASE: "openers",
    Permission.VIEW_IDENTITY: "identity_readers",
    Permission.EXPORT_IDENTITY: "identity_readers",
}


def may(actor: Actor, permission: Permission, scope: Scope | None = None) -> bool:
    """Whether `actor` may do `permission`, within the SOP `scope` where one is given.

    Within a scope the same role must both hold the permission and be named by the SOP: being a reader of complaints
    as one role lends nothing to what another role may do.
    """
    holders = {role for role in actor.roles if permission in PERMISSIONS[role]}
    if scope is None:
        return bool(holders)
    readers = actor.roles & set(scope.readers)
    named = holders & set(getattr(scope, _SCOPED.get(permission, "readers")))
    return bool(readers and named)


def may_record(actor: Actor, executor_role: str | None, scope: Scope, *, assigned: bool = False) -> bool:
    """Whether `actor` may record a step whose executor is recorded by `executor_role`.

    `assigned` says that the step's case was assigned to the actor: then any of its steps, by whoever reads the SOP.
    """
    if assigned and may(actor, Permission.VIEW_CASES, scope):
        return True
    if may(actor, Permission.RECORD_FOR_OTHERS, scope):
        return True
    return executor_role in actor.roles and may(actor, Permission.RECORD_STEP, scope)
