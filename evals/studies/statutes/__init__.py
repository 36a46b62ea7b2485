"""Search at scale: lay questions over 25,374 articles of Chinese statutes, cross-validated.

The plan is short; a library is not. This suite holds the project's tokens, BM25 and embeddings
against a collection that large, and measures what two small trained parts add: a linear query
adapter and a linear ranking of what it found. Both are trained on the development questions alone
and reported on folds that they have not seen.
"""
