"""A query in, ranked hits with their signals out."""
