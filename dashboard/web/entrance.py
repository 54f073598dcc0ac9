"""The pages before the screens: signing in and out, the first start, one's own password, and the health check."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import mishaps
from dashboard.language import LANGUAGES, _, in_language, language
from dashboard.text import translate_all
from dashboard.web import origin
from dashboard.web.paper import error_page, page
from dashboard.web.site import Site
from models.commands import first_start, sessions, users
from models.database import reading
from models.errors import Invalid, NotFound, PatuhError
from models.queries import health
from models.queries.accounts import SignedIn, anyone
from seed.demo_accounts import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD

_ASSETS = Path(__file__).parent / "assets"
_SERVED = {"gaya.css": "text/css", "isian.js": "text/javascript", "ikon.svg": "image/svg+xml"}
