"""Days off, SOPs and the made-up sample year."""
