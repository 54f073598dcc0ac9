"""The bare address: leaders begin with the overview, staff with their tasks."""

from dashboard import navigation, session
from models.access import Permission, Role, may

who = session.actor()
leads = who.roles & {Role.PIMPINAN, Role.SEKRETARIS, Role.ADMINISTRATOR}
navigation.go_to(navigation.SUMMARY if leads or not may(who, Permission.VIEW_TASKS) else navigation.TASKS)
