"""Two people before the same step: the second is told, and what they typed stays."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.paperwork import register_complaint, task

pytestmark = pytest.mark.xdist_group("browser")

NOTE = "Berkas dan bukti sudah lengkap menurut saya."


@pytest.mark.parametrize("where", ["berkas", "tugas"])
def test_second_of_two_is_told_and_keeps_what_they_typed(people: People, where: str) -> None:
    first, second = people("desk"), people("sekretaris")
    number = register_complaint(first, subject=f"Dua petugas, satu langkah: {where}")
    if where == "berkas":
        second.open(first.page.url)
    else:
        second.open("/tugas")
        second.page.get_by_text("Juga yang menunggu peran lain").click()
        task(second, number).get_by_role("button", name="Catat").click()
    second.settled().type("note", NOTE)

    first.page.get_by_role("button", name="Catat selesai").click()
    first.said("Langkah 2 tercatat selesai.")

    second.page.get_by_role("button", name="Catat selesai").first.click()
    second.settled()
    expect(second.page.get_by_test_id("stAlert").filter(has_text="Langkah 2 tercatat selesai")).to_have_count(
        0
    )
    second.said("orang lain telah mengubahnya")
    expect(second.field("note").locator("textarea").first).to_have_value(NOTE)
