"""What is true without a screen: working time, SOPs, verdicts, access, storage."""
