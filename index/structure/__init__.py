"""Text to clauses and passages: headings, both grammars, what stands around an outline."""
