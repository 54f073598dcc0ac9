"""Kepatuhan: the figures of one SOP from every side, each a chart, a table and a file, down to the rounds behind it."""
