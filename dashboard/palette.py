"""The colours of the states, the same in chips, charts and sheets, and the inks of words on light and dark."""

STATUS_COLOURS = {
    "on_time": "#1B7F5C",
    "running": "#4C6FA5",
    "at_risk": "#E0A100",
    "late": "#C4541A",
    "overdue": "#A11D33",
    "skipped": "#8A94A0",
    "unmeasured": "#8A94A0",
}
GREY = STATUS_COLOURS["unmeasured"]
INK = {False: "#1F2933", True: "#F2F4F7"}  # by `dark`
LESSER_INK = {False: "#566270", True: "#AEB8C4"}
PAPER = {False: "#FFFFFF", True: "#1B222B"}
