"""Pages for people: the documents and the original with a quotation highlighted."""
