"""Pengguna: accounts and their roles."""

from dashboard import acts, navigation, session, user_screen
from dashboard.text import _
from models.access import Permission

session.require(Permission.MANAGE_USERS)
navigation.heading(_("Users"))
acts.said()
user_screen.show()
