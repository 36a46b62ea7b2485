"""Measures `index` and `assistant` from above; nothing imports it."""
