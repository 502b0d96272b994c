"""Tests of the tool itself: what reads other programs' output, and what decides what is done again."""
