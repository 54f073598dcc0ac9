"""What a percentage is made of, and from where on it is good: known to figures, charts and sheets alike."""

COUNTED = ("on_time", "late", "overdue")
ENOUGH = 5  # steps; under so many a percentage is shown but not judged by a colour
GOOD_FROM, FAIR_FROM = 0.9, 0.75  # shades of a percentage in tables: ours, for the office to confirm
