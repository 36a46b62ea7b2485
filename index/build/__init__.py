"""Sources to an index version: made beside the one in use, checked, switched to."""
