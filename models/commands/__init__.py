"""The only writers: each function checks, changes and records in one transaction."""
