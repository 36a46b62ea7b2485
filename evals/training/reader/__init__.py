"""How the reader is made: rows, candidates, training, export (docs/reader.md)."""
