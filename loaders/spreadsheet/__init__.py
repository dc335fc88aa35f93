"""Spreadsheets of every kind that offices keep: a file in (:mod:`.book`), its sheets as grids of texts out."""
