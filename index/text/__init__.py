"""Characters and words: folding, tokens, numerals, alignment, personal data."""
