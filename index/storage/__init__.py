"""Everything on disk: added documents, catalog, Chroma, BM25, vectors, versions, atomic writes."""
