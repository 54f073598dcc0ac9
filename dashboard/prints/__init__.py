"""The papers of a case: their words, and their pages as PDF and as pictures. Knows no screen."""
