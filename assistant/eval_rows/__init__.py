"""Evaluation rows: their shape and what is wrong with one, for evals and for maintainers who make them."""
