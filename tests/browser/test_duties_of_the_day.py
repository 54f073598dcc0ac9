"""What Tugas asks for every day: the e-mail check in one click, the log of an escort under way, on a phone too."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import case_acts as case
from tests.browser.conftest import People
from tests.browser.figures import share_of
from tests.browser.person import PHONE, Person
from tests.browser.test_every_screen import wider_than_the_screen
from tests.browser.walk import views

pytestmark = pytest.mark.xdist_group("browser")

CHECK = "duty.pengaduan.email_check"
# what can be pressed or filled in, is in sight once scrolled to, and lies outside the screen or under something else
_OUT_OF_REACH = """() => {
    const main = document.querySelector("[data-testid=stMain]")
    const wanted = 'button, a[href], summary, textarea, input:not([type=file], [type=checkbox], [tabindex="-1"])'
    return [...main.querySelectorAll(wanted)].filter(e => e.checkVisibility({visibilityProperty: true})).filter(e => {
        e.scrollIntoView({block: "center", behavior: "instant"})
        main.scrollLeft = document.documentElement.scrollLeft = 0
        const box = e.getBoundingClientRect()
        if (box.width < 2 || box.height < 2) return false
        const met = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
        const free = met && (e.contains(met) || met.contains(e) || met.closest("[data-testid=stToast]"))
        return box.left < 0 || box.right > innerWidth || !free
    }).map(e => e.outerHTML.slice(0, 200))
}"""


def out_of_reach(page: Page) -> list[str]:
    """What a thumb cannot get at on this page; empty when all is well."""
    return [str(found) for found in page.evaluate(_OUT_OF_REACH)]


def test_mail_is_checked_in_one_click(people: People) -> None:
    leader, desk = people("pimpinan"), people("desk")
    done, owed = share_of(leader, "Cek surel pengaduan")
    card = desk.keyed(CHECK)
    expect(card.get_by_text("Belum dicek hari ini")).to_be_visible()  # Jumat 20 November is a working day
    clicked = desk.clicks()
    desk.press(f"{CHECK}.send")
    desk.said("Tercatat: Cek surel pengaduan.")
    assert desk.clicks() == clicked + 1
    expect(card.get_by_text("Sudah dicek hari ini")).to_be_visible()
    expect(card.get_by_text("pukul 10.35 oleh Nurul Aini · Jumlah email pengaduan: 0")).to_be_visible()
    expect(desk.keyed(f"{CHECK}.send")).to_have_count(0)
    leader.move_to("/ringkasan")
    assert share_of(leader, "Cek surel pengaduan") == (
        done + 1,
        owed + 1,
    )  # a day counts when it is over or done


def test_log_is_kept_on_a_phone(people: People) -> None:
    guard = people("jagat", size=PHONE)
    card = guard.page.locator("[class*='st-key-log-']").first
    number = card.get_by_role("link", name="KAWAL").inner_text()
    assert guard.address()[0] == "/tugas"
    expect(card.get_by_text("Terlewat: 03.07–05.07")).to_be_visible()
    guard.unfold("Tulis catatan")
    assert (wider_than_the_screen(guard.page), out_of_reach(guard.page)) == (0, [])
    quick = "entry." + str(card.get_attribute("class")).split("st-key-log-")[1].split("-")[0]
    guard.type("location", "Km 9 Tuapejat", form=quick).type("account", "Rombongan singgah", form=quick)
    assert "Buku mutasi" in case.write(guard, at="201120260400", form=quick)
    expect(card.get_by_text("Terlewat")).to_have_count(0)
    assert (wider_than_the_screen(guard.page), out_of_reach(guard.page)) == (0, [])

    card.get_by_role("link", name=number).click()
    guard.page.wait_for_url("**/berkas?id=*")
    seen = [screen for screen in views(guard.settled()) if is_usable(guard)]
    assert len(seen) >= 10
    case.book(guard, "Buku mutasi")
    expect(case.entry(guard, "Rombongan singgah")).to_be_visible()


def is_usable(person: Person) -> bool:
    """Nothing on this view is too wide or out of reach."""
    assert wider_than_the_screen(person.page) <= 0, person.page.url
    assert out_of_reach(person.page) == [], person.page.url
    return True


def test_what_is_out_of_reach_is_found(people: People) -> None:
    """The twin: a button beside the screen, and one under something else."""
    person = people("desk", size=PHONE)
    before = out_of_reach(person.page)
    person.page.evaluate(
        "document.querySelector('[data-testid=stMain]').insertAdjacentHTML('beforeend', '<div>"
        '<button style="position: relative; left: 380px">luar</button>'
        '<div style="position: relative"><button>bawah</button>'
        '<p style="position: absolute; inset: 0; margin: 0"></p></div></div>\')'
    )
    found = set(out_of_reach(person.page)) - set(before)
    assert sorted(re.sub("<.*?>", "", one) for one in found) == ["bawah", "luar"]
