"""Pages for maintainers, behind a login with an admin key."""
