"""The assistant in the pages of portals: a script, and the page that its frame shows."""
