"""A user's draft against the documents: its quotations and its references to clauses."""
