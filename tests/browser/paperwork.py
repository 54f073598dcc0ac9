"""What staff do on the screens all day: register a case, record its next step from Tugas."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.person import Person

REGISTER_NO = re.compile(r"\d{3}/(?:DUMAS|KAWAL)/[IVX]+/\d{4}")


def register_complaint(
    person: Person, *, subject: str, description: str = "Disampaikan langsung di kantor."
) -> str:
    """Register a complaint with what the form requires and no more; its register number. Ends at the case."""
    person.open("/pengaduan").press("register.new")
    expect(person.field("description")).to_be_visible()
    person.settled()
    person.type("subject", subject).type("description", description)
    person.type("reporter_name", "Teuku Rahasia").type("reporter_phone", "0812-7777-0001")
    person.choose("reported_element", "PPS").choose("district", "Sikakap")
    return send_form(person, "open.pengaduan.send")


def register_escort(
    person: Person, *, activity: str, departs: str = "231120260700", returns: str = "241120261800"
) -> str:
    """Register an escort that was asked for now; its register number. Moments are ddmmyyyyhhmm. Ends at the case."""
    begin_escort(person, activity=activity, departs=departs, returns=returns)
    return send_form(person, "open.pengawalan.send")


def begin_escort(person: Person, *, activity: str, departs: str, returns: str) -> Person:
    """Fill in what the form of an escort requires, and send nothing yet."""
    person.open("/pengawalan").press("register.new")
    expect(person.field("departs_at")).to_be_visible()
    person.settled()
    person.type("leader", "Saibi Taileleu").type("activity", activity).type("place", "Sikakap")
    return person.set_moment("departs_at", departs).set_moment("returns_at", returns)


def send_form(person: Person, button: str) -> str:
    """Register the case whose form is filled in; its register number. Ends at the case."""
    person.press(button)
    person.page.wait_for_url("**/berkas?id=*")
    number = REGISTER_NO.search(person.said("Terdaftar sebagai"))
    assert number
    person.settled()
    return number[0]


def task(person: Person, register_no: str) -> Locator:
    """The card of the case among the tasks."""
    return person.page.locator("[class*='st-key-task-']").filter(
        has=person.page.get_by_role("link", name=register_no, exact=True)
    )


def record(person: Person, register_no: str, step_no: str, *, result: str = "") -> str:
    """Record the case's next step from Tugas with the form's defaults; what the program said then."""
    if person.address()[0] != "/tugas":
        person.open("/tugas")
    card = task(person, register_no)
    card.get_by_role("button", name="Catat").click()
    send = card.get_by_role("button", name="Catat selesai")
    if result:
        person.choose("outcome", result)
    send.click()
    words = f"Langkah {step_no} tercatat selesai."
    note = person.page.get_by_test_id("stToast").filter(has_text=words)
    expect(note).to_be_in_viewport()  # the box at the head of the page may not be
    expect(note).not_to_contain_text("view more")
    said = person.said(words)
    person.settled()
    return said
