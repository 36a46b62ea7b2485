"""Files to documents: one reader a format, what a text says of itself, the shipped corpus."""
