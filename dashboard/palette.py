"""The colours of the states, the same in chips, charts and sheets, and the inks of words on light and dark.

The dark ones are those of the theme file: the same hues, bright enough for a dark ground.
"""

STATUS_COLOURS = {
    "on_time": "#1B7F5C",
    "running": "#4C6FA5",
    "at_risk": "#E0A100",
    "late": "#C4541A",
    "overdue": "#A11D33",
    "skipped": "#8A94A0",
    "unmeasured": "#8A94A0",
}
STATUS_COLOURS_ON_DARK = {
    "on_time": "#3FAE87",
    "running": "#7D9CCB",
    "at_risk": "#F0B93A",
    "late": "#E07B42",
    "overdue": "#E0566D",
    "skipped": "#9AA5B0",
    "unmeasured": "#9AA5B0",
}
GREY = STATUS_COLOURS["unmeasured"]
INK = {False: "#0B1720", True: "#E6EDF1"}  # by `dark`
INK_ON_MAIN = "#06202A"  # of words on a main button of the dark theme
LESSER_INK = {False: "#566270", True: "#AEB8C4"}
PAPER = {False: "#FFFFFF", True: "#17232B"}
HATCH_INK = {
    "late": {False: "#FFFFFF", True: "#444444"},
    "overdue": {False: "#FFFFFF", True: "#FFFFFF"},
}  # by `dark`
HATCHES = {"on_time": "", "late": "/", "overdue": "x"}
PALE = "rgba(138, 148, 160, 0.25)"
CLEAR = "rgba(0, 0, 0, 0)"


def status_colours(*, dark: bool) -> dict[str, str]:
    """The colours of the states on a light or a dark ground."""
    return STATUS_COLOURS_ON_DARK if dark else STATUS_COLOURS
