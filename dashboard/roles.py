"""The names of the roles as people read them."""

from dashboard.language import _
from models.access import Role
from models.errors import N_

_NAMES: dict[str, str] = {
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.PIMPINAN: N_("Leaders (read only)"),
    Role.SEKRETARIS: N_("Secretary"),
    Role.KASUBBAG_KUL: N_("Head of Finance, General Affairs and Logistics"),
    Role.SUB_BAGIAN_HUKUM: N_("Legal Subdivision"),
    Role.DESK_PELAYANAN: N_("Service desk officer"),
    Role.JAGAT_SAKSANA: N_("Jagat Saksana member"),
    Role.TIM_PEMERIKSA: N_("Examination team"),
}


def role_name(role: str) -> str:
    """The role in the spoken language; an unknown key as it stands."""
    return _(_NAMES[role]) if role in _NAMES else role
