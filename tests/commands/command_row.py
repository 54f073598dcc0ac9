"""A command at work on one object, and who may: what roles, repeated forms and faults are tested by.

Who may is worked out here from `PERMISSIONS` and from what the SOPs say of readers, openers and executors, on another
way than `models.access.may` takes.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.access import PERMISSIONS, Actor, Permission, Role
from models.sop import Sop, Step
from tests.factories import Office, token

Request = dict[str, Any]
EVERYBODY = frozenset(Role)


@dataclass(frozen=True)
class Row:
    """A command on one object. `prepare` makes the object and returns all but actor and token.

    `allowed`: roles for which it is done; `sees`: roles to whom the object exists; `everybody`: it is about the actor's
    own account and asks for no role. `counts_attempts`: a wrong attempt is counted before anything else, on purpose.
    """

    name: str
    command: Callable[..., Any]
    prepare: Callable[[Office], Request]
    allowed: frozenset[Role]
    sees: frozenset[Role] = EVERYBODY
    everybody: bool = False
    counts_attempts: bool = False

    @property
    def takes_token(self) -> bool:
        """Whether it is sent by a form that is counted once; taking out a file is an act each time."""
        return "token" in inspect.signature(self.command).parameters

    def run(self, office: Office, actor: Actor, request: Request, form: str = "") -> Any:
        """Send the request as `actor`, with a form of its own unless `form` names one."""
        sent = request | ({"token": form or token()} if self.takes_token else {})
        if "actor" in inspect.signature(self.command).parameters:
            sent["actor"] = actor
        return self.command(office.store, **sent)

    def somebody(self, office: Office) -> Actor:
        """An actor who may."""
        return office.sekretaris if Role.SEKRETARIS in self.allowed else office.actors[Role.ADMINISTRATOR]


def holders(permission: Permission) -> frozenset[Role]:
    return frozenset(role for role, held in PERMISSIONS.items() if permission in held)


def readers(of: Sop) -> frozenset[Role]:
    return frozenset(Role(role) for role in of.readers) & holders(Permission.VIEW_CASES)


def recorders(of: Sop, step: Step) -> frozenset[Role]:
    """The executor's own role, and whoever may record for others; each only where it reads the SOP's cases."""
    own = frozenset(Role(role) for role in [of.executor(step.executor).role] if role)
    return readers(of) & ((own & holders(Permission.RECORD_STEP)) | holders(Permission.RECORD_FOR_OTHERS))
