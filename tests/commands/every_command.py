"""The table of every command. A command without a row fails `test_every_command_has_a_row`."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from sqlalchemy import Engine

from models import commands
from models.commands.intake import once
from tests.commands.account_rows import account_rows
from tests.commands.book_rows import book_rows
from tests.commands.case_rows import case_rows
from tests.commands.conflict_rows import conflict_rows
from tests.commands.issue_rows import issue_rows
from tests.commands.paper_rows import paper_rows

WITHOUT_ACTOR = {
    "duties.open_duties": "the program itself, at its start",
    "exports.record_program_export": "a scheduled task at the server",
    "first_start.claim": "whoever reads the server's terminal",
    "first_start.prepare": "the program itself, at its start",
    "form_drafts.clear_old_drafts": "the program itself, at its start",
    "form_drafts.drop_draft": "everybody's own, and no record",
    "form_drafts.keep_draft": "everybody's own, and no record",
    "form_drafts.kept_drafts": "everybody's own, and no record",
    "rescue.add_account": "whoever holds the server's terminal",
    "rescue.give_password": "whoever holds the server's terminal",
    "seeding.take_in": "the program itself, at its start",
    "sessions.count_attempt": "part of signing in: nobody is known yet",
    "sessions.sign_in": "nobody is known yet",
    "sessions.sign_out": "the session is its own proof",
    "sessions.touch": "the session is its own proof",
    "vault.reseal": "whoever holds the server's terminal and the keys",
    "vault.rotate": "whoever holds the server's terminal and the keys",
}


def public_commands(modules: Iterable[ModuleType] | None = None) -> dict[str, Callable[..., Any]]:
    """Every public function of the commands' modules that takes a store, by module and name; `once` is none."""
    found: dict[str, Callable[..., Any]] = {}
    for module in modules or _command_modules():
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or function.__module__ != module.__name__ or function is once:
                continue
            first = next(iter(inspect.signature(function).parameters.values()), None)
            if first is not None and first.annotation in (Engine, "Engine"):
                found[f"{module.__name__.rsplit('.', 1)[-1]}.{name}"] = function
    return found


def _command_modules() -> list[ModuleType]:
    names = [module.name for module in pkgutil.iter_modules(commands.__path__)]
    return [importlib.import_module(f"models.commands.{name}") for name in names]


COMMAND_MODULES = _command_modules()


ROWS = [*case_rows(), *book_rows(), *conflict_rows(), *paper_rows(), *issue_rows(), *account_rows()]
ONE_OF_EACH = [
    row
    for row in ROWS
    if row.name in {
        "open pengawalan", "open pengaduan", "edit pengaduan", "close pengaduan", "withdraw pengawalan",
        "hand out identities pengaduan",
        "reveal pengaduan", "export pengaduan", "finish review as oversight", "finish review as other_agency",
        "finish evaluate", "finish recapitulation", "correct disposition", "return review", "skip examination",
        "write mutation_book pengawalan", "correct entry", "strike entry", "depart", "check e-mail", "strike check",
        "pause pengaduan", "resume", "tie cases", "untie cases", "attach pengaduan", "take out file",
        "open confidential file",
        "save paper assignment_letter", "print assignment_letter",
        "issue report pengaduan", "take out issued pengaduan",
        "declare conflict pengaduan", "lift conflict", "assign case", "end assignment",
        "create account", "set roles", "disable account", "reset password", "change own password", "set language",
    }
]  # fmt: skip
