"""Look-up in opened documents: by id, title, day, clause and quotation; versions and validity."""
