"""The plain pages outside Streamlit: their template engine, and the page of a refusal or an error."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from dashboard.language import _, language
from models.errors import N_

_TEMPLATES = Path(__file__).parent / "templates"
_environment = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TITLES = {
    400: N_("That does not work"),
    403: N_("No access"),
    404: N_("Not found"),
    409: N_("Changed in the meantime"),
    413: N_("Too large"),
    500: N_("Something went wrong"),
}
_WORDS = {
    400: N_("The request could not be understood."),
    403: N_("You may not open this page."),
    404: N_("There is nothing under this address, or it is not meant for you."),
    409: N_("Somebody else has changed this in the meantime."),
    413: N_("More was sent than this form can hold."),
    500: N_("It was not your doing, and nothing half-done was stored. Please try again."),
}


def page(
    template: str,
    values: Mapping[str, object],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """One of the templates in the spoken language, never kept by any cache."""
    body = _environment.get_template(template).render(**values, _=_, language=language())
    return HTMLResponse(body, status_code=status, headers={"Cache-Control": "no-store", **(headers or {})})


def error_page(status: int, *, words: str | None = None, reference: str | None = None) -> HTMLResponse:
    """The page of a refusal: `words` already in the reader's language, else a general sentence for `status`."""
    values = {"title": _(_TITLES[status]), "words": words or _(_WORDS[status]), "reference": reference}
    return page("error.html", values, status=status)
