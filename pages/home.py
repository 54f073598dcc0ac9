"""The bare address: leaders begin with the overview, staff with their tasks, who has no role yet with the account."""

from dashboard import navigation, session
from models.access import Role, may

who = session.actor()
leads = who.roles & {Role.PIMPINAN, Role.SEKRETARIS, Role.ADMINISTRATOR}
screens = (navigation.SUMMARY, navigation.TASKS) if leads else (navigation.TASKS, navigation.SUMMARY)
open_to_me = (screen for screen in screens if screen.permission is None or may(who, screen.permission))
navigation.go_to(next(open_to_me, navigation.ACCOUNT))
