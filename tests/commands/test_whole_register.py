"""The whole register is the pages one after the other, in one consistent state, for the same people."""

import pytest

from models.access import Role
from models.commands import conflicts
from models.errors import NotFound
from models.queries import register as register_query
from models.queries.register import RegisterFilter, register, register_size, whole_register
from tests.conftest import NOW
from tests.factories import Office, open_one, sop, token

pytestmark = pytest.mark.xdist_group("busy_year")
CODES = ("pengaduan", "pengawalan")
FILTERS = (
    RegisterFilter(),
    RegisterFilter(only_open=True),
    RegisterFilter(search="pps"),
    RegisterFilter(verdict="late"),
)


@pytest.mark.parametrize("code", CODES)
def test_whole_register_is_all_pages(busy: Office, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_query, "PIECE", 7)
    who, of = busy.sekretaris, sop(code)
    for chosen in FILTERS:
        with busy.reading() as connection:
            asked = {"actor": who, "sop": of, "chosen": chosen, "as_of": NOW}
            paged = []
            total = 1
            while len(paged) < total:
                page, total = register(connection, **asked, limit=11, offset=len(paged))
                paged += page
            pieces = list(whole_register(connection, **asked))
            assert register_size(connection, **asked) == total
        assert [row for piece in pieces for row in piece] == paged
        assert max(map(len, pieces), default=0) <= 7
        assert total > 7 or chosen != RegisterFilter()


def test_whole_register_is_for_those_who_may_see_it(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    asked = {"sop": sop("pengaduan"), "chosen": RegisterFilter(), "as_of": NOW}
    conflicts.declare_conflict(
        office.store,
        actor=office.actors[Role.ADMINISTRATOR],
        token=token(),
        now=NOW,
        case_id=case_id,
        user_id=office.second.user_id,
        reason="ipar dari terlapor",
    )
    with office.reading() as connection:
        assert len(list(whole_register(connection, actor=office.sekretaris, **asked))) == 1
        assert list(whole_register(connection, actor=office.second, **asked)) == []
        assert register_size(connection, actor=office.second, **asked) == 0
        for query in (register_size, whole_register):
            with pytest.raises(NotFound):
                list(query(connection, actor=office.nobody, **asked))
