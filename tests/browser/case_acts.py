"""What is done on a case's own screen: its steps recorded, its books written, its papers printed, files attached."""

import re
from pathlib import Path

import pypdfium2
from playwright.sync_api import FilePayload, Locator, expect

from tests.browser.person import Person


def finish(person: Person, step_no: str, *, at: str = "", result: str = "") -> str:
    """Record the open step on the case, at a moment (ddmmyyyyhhmm) that is now when none is given; what was said."""
    if result:
        person.choose("outcome", result)
    if at:
        person.set_moment("at", at, form="finish.")
    return _send(person, "finish.", f"Langkah {step_no} tercatat selesai.")


def begin(person: Person, *, at: str) -> str:
    """Record the departure."""
    person.set_moment("at", at, form="begin.")
    return _send(person, "begin.", "Tercatat: Berangkat")


def _send(person: Person, form: str, words: str) -> str:
    """Press the one button that sends a form of that kind; the box in which these words are said.

    Every field has to have been sent before: what a late one sets going would take the box off the screen again.
    """
    person.settled()
    sent = person.page.locator(f"[class*='st-key-{form.replace('.', '-')}'][class*='-send ']")
    sent.get_by_role("button").click()
    said = person.said(words)
    person.settled()
    return said


def book(person: Person, name: str) -> Person:
    """Open a logbook of the case; a number may stand behind its name."""
    if not person.keyed("case.book").count():
        person.show("Buku")
    counted = re.compile("^" + re.escape(name).replace("/", r"\/") + r"( \(\d+\))?$")
    pill = person.keyed("case.book").get_by_role("radio", name=counted)
    pill.click()
    person.left().settled()
    expect(pill).to_be_checked()
    return person


def write(person: Person, *, at: str = "", form: str = "entry.") -> str:
    """Send the entry whose fields were filled in; what was said."""
    if at:
        person.set_moment("at", at, form=form)
    return _send(person, form, "Tercatat di:")


def entry(person: Person, words: str) -> Locator:
    """The written entry in which these words stand."""
    return person.page.locator("[class*='st-key-book-entry-']").filter(has_text=words)


def paper(person: Person, name: str) -> Person:
    """Choose a paper of the case by its step and name."""
    if not person.page.locator("[class*='st-key-paper-']").count():
        person.show("Naskah")
    box = person.page.get_by_role("combobox", name="Naskah")
    if box.input_value() != name:
        box.click()
        person.page.get_by_role("option", name=name, exact=True).click()
        expect(box).to_have_value(name)
    return person.settled()


def save_paper(person: Person) -> str:
    """Save what was filled in."""
    return _send(person, "paper.", "Isian disimpan")


def printed(person: Person, folder: Path) -> str:
    """All words of the chosen paper's PDF, after looking at its preview."""
    preview = person.page.get_by_role("img", name=re.compile(r"^Halaman 1 dari"))
    expect(preview).to_be_visible()
    assert preview.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 500
    download = person.download(person.page.get_by_role("link", name="Unduh PDF"))
    path = folder / download.suggested_filename
    download.save_as(path)
    document = pypdfium2.PdfDocument(path)
    words = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return re.sub(r"\s+", " ", words)


def attach(person: Person, file: Path | FilePayload, *, title: str = "", form: str = "attach.") -> Person:
    """Choose a file in the uploader of a form, name it, and send it; what was said is for the caller to look at."""
    if title:
        person.type("title", title, form=form)
    person.field("file", form=form).locator("input[type=file]").set_input_files(file)
    name = file.name if isinstance(file, Path) else file["name"]
    expect(person.page.get_by_text(f"{name} (")).to_be_visible()  # it has arrived, and its size is said
    sent = person.page.locator(f"[class*='st-key-{form.replace('.', '-')}'][class*='-send ']")
    sent.get_by_role("button").click()
    return person.settled()
