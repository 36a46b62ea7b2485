"""The commands `index` and `docs`."""
