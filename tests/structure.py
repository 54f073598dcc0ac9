"""The rules of the house as checks on source text: each takes a module's text and returns what is wrong with it."""

import ast
import re
from collections.abc import Iterator

Findings = list[str]

TOP_LEVEL = {
    "pyproject.toml", "dashboard", "pages", "models", "seed", "tests", "README.md",
    "Makefile", "requirements.lock", ".ci", ".gitignore", "LICENSE",
}  # fmt: skip
PURE = (
    "access", "attachment_content", "attachment_refusal", "calendar_data", "errors", "explanation", "flow",
    "form_data", "journey", "lateness", "office_archive", "pauses", "pdf_content", "period", "sla", "slots",
    "sop", "sop_books", "sop_books_file", "sop_check", "sop_document", "sop_document_check",
    "sop_document_file", "sop_flow", "sop_form", "sop_form_file", "step_form", "toml_table", "work_calendar",
    "work_tables", "zip_directory",
)  # fmt: skip
SCREEN_LIBRARIES = ("streamlit", "plotly", "openpyxl", "dashboard", "pages")
STORE_LIBRARIES = ("sqlalchemy", "pandas", "plotly", "openpyxl", "models.tables")
# pages that ask who it is and need no permission: the bare address, and one's own account
OPEN_TO_EVERYBODY = ("home.py", "account.py")
LONGEST_PAGE, LONGEST_MODULE = 60, 300


def imported(source: str) -> Iterator[str]:
    """Every module a text imports, by its full name; `from a import b` also as `a.b`, for b may be a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def forbidden_imports(source: str, forbidden: tuple[str, ...]) -> Findings:
    """Imports of a forbidden module or of anything within it."""
    inside = tuple(f"{name}." for name in forbidden)
    return sorted({name for name in imported(source) if name in forbidden or name.startswith(inside)})


def too_long(source: str, most: int) -> Findings:
    """The number of lines, when there are too many."""
    lines = len(source.splitlines())
    return [f"{lines} lines, at most {most}"] if lines > most else []


def unguarded_page(source: str, name: str) -> Findings:
    """A page whose first statement after docstring and imports does not ask who it is and what they may."""
    body = [node for node in ast.parse(source).body if not isinstance(node, ast.Import | ast.ImportFrom)]
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    first = body[0] if body else None
    call = first.value if isinstance(first, ast.Assign | ast.Expr) else None
    said = ast.unparse(call) if isinstance(call, ast.Call) else ""
    if re.fullmatch(r"session\.require\(Permission\.[A-Z_]+\)", said):
        return []
    if said == "session.actor()" and name in OPEN_TO_EVERYBODY:
        return []
    return [f"begins with {said or 'something else'}"]


def screen_inside_transaction(source: str) -> Findings:
    """`st.` anything inside a `with ...transaction...(...)`: a click or a rerun there would roll back."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.With) and any("transaction" in ast.unparse(item) for item in node.items):
            for inner in node.body:
                names = [n for n in ast.walk(inner) if isinstance(n, ast.Name) and n.id == "st"]
                found += [f"line {name.lineno}" for name in names]
    return found


def writes_rounds(source: str) -> Findings:
    """`insert(StepRound)` or `update(StepRound)`, under whatever name: what stood before would be lost."""
    tree = ast.parse(source)
    names = {"StepRound", "StepRound.__table__", "ROUND"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = (
                    zip(target.elts, node.value.elts, strict=False)
                    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                    else [(target, node.value)]
                )
                names |= {ast.unparse(name) for name, value in pairs if ast.unparse(value) == "StepRound"}
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("insert", "update", "delete")
        and node.args
        and ast.unparse(node.args[0]) in names
    ]


_IMPURE_CALLS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic", "open",
    "os.getenv", "time.localtime", "uuid4", "uuid.uuid4",
}  # fmt: skip
_IMPURE_PARTS = (".open", ".read_text", ".read_bytes", ".write_text", ".write_bytes")


def impure(source: str) -> Findings:
    """Clocks, the environment, files and randomness in a module that must only compute."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            said = ast.unparse(node.func)
            if said in _IMPURE_CALLS or said.endswith(_IMPURE_PARTS) or said.endswith(".datetime.now"):
                found.append(f"line {node.lineno}: {said}")
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "sys.argv", "sys.stdin"):
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found + forbidden_imports(
        source, ("os", "random", "secrets", "time", "pathlib", "sqlalchemy", "io")
    )


def unsafe(source: str) -> Findings:
    """Pickle, SQL made of strings, and ways for text to become HTML."""
    found = forbidden_imports(source, ("pickle", "cPickle", "shelve", "dill", "cloudpickle", "marshal"))
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        said = ast.unparse(node.func)
        if (
            said.rpartition(".")[2] in ("text", "exec_driver_sql", "execute")
            and node.args
            and _made_up(node.args[0])
        ) and said not in ("st.text",):
            found.append(f"line {node.lineno}: SQL made of strings")
        if said.rpartition(".")[2] in ("read_pickle", "to_pickle", "eval", "exec", "html", "iframe"):
            found.append(f"line {node.lineno}: {said}")
        if any(keyword.arg in ("unsafe_allow_html", "unsafe_allow_javascript") for keyword in node.keywords):
            found.append(f"line {node.lineno}: unsafe")
    return found


def _made_up(node: ast.expr) -> bool:
    """Whether a text is put together at run time."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return any(
            isinstance(part, ast.Constant | ast.JoinedStr) and not isinstance(getattr(part, "value", ""), int)
            for part in (node.left, node.right)
        )
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".format")


_RENDERS = ("markdown", "caption", "write", "subheader", "header", "title", "badge", "success", "info", "warning",
            "error", "toast", "metric", "heading", "table", "expander", "popover", "page_link")  # fmt: skip
_TYPED = re.compile(
    r"(?<!group)\.(subject|note|reason|close_reason|full_name|search_text|happened|actor_name|recorded_by)\b|\.data\[|\bwho\.name\b"
    r"|\.data\.get\("
)


def typed_text_rendered(source: str) -> Findings:
    """What somebody typed given to an element that renders Markdown; `_plain(...)` takes its signs out."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr not in _RENDERS or ast.unparse(node.func.value) not in ("st", "navigation"):
            continue
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            if _TYPED.search(_without_plain(argument)):
                found.append(f"line {node.lineno}: {ast.unparse(node)[:80]}")
    return found


def _without_plain(node: ast.expr) -> str:
    return re.sub(r"_?plain\([^()]*\)", "", ast.unparse(node))


def writes(source: str) -> Findings:
    """Imports of what changes a database."""
    words = {"insert", "update", "delete", "Insert", "Update", "Delete", "Session", "sessionmaker", "merge"}
    found = [
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
        if alias.name in words
    ]
    return found + [name for name in imported(source) if name == "models.database.transaction"]


def commands_without(source: str, arguments: set[str]) -> Findings:
    """Public functions that open a transaction of their own and do not take all of these arguments."""
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _opens_transaction(node):
            taken = {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]}
            if not arguments <= taken:
                found.append(node.name)
    return found


def _opens_transaction(node: ast.FunctionDef) -> bool:
    return any(
        isinstance(inner, ast.With) and any("transaction(" in ast.unparse(item) for item in inner.items)
        for inner in ast.walk(node)
    )


_SHOWN = {
    "text", "markdown", "caption", "write", "title", "header", "subheader", "heading", "badge", "success", "info",
    "warning", "error", "toast", "metric", "button", "link_button", "page_link", "selectbox", "multiselect", "radio",
    "segmented_control", "pills", "text_input", "text_area", "number_input", "date_input", "datetime_input", "toggle",
    "checkbox", "expander", "popover", "tabs", "say", "refuse", "plotly_chart", "dataframe", "Column", "spinner",
    "moment_field", "text_field", "dialog",
}  # fmt: skip
_SHOWN_KEYWORDS = {"label", "body", "help", "placeholder", "caption", "aside", "alt", "title"}
_MARKS = re.compile(
    r":material/\w+:|:(?:red|orange|yellow|green|blue|violet|gray|grey)(?:-badge)?\[|\b(?:SOP|NIP|WIB)\b"
)
_LETTERS = re.compile(r"[A-Za-z]{2}")


def untranslated(source: str) -> Findings:
    """Words given to an element of a screen past the catalogue; icons, marks and SOP, NIP, WIB may stand so."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr not in _SHOWN or ast.unparse(node.func.value) in ("log", "_log", "address"):
            continue
        shown = [*node.args[:1], *(word.value for word in node.keywords if word.arg in _SHOWN_KEYWORDS)]
        if node.func.attr == "refuse":
            shown = [word.value for word in node.keywords]
        for argument in shown:
            words = [text for text in _literals(argument) if _LETTERS.search(_MARKS.sub("", text))]
            found += [f"line {node.lineno}: {text!r}" for text in words]
    return found


def _literals(node: ast.AST) -> Iterator[str]:
    """The literals of an expression that become part of its value; what other calls are given stays with them."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            for argument in node.args:
                yield from _literals(argument)
    elif isinstance(node, ast.Subscript | ast.Compare | ast.Dict):
        return
    else:
        for child in ast.iter_child_nodes(node):
            yield from _literals(child)
