"""Data sets: rows and their check, other sets as rows, rows from ratings, corrupted sentences."""
