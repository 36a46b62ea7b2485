"""The commands `ask`, `verify` and `expand`, and the program that gathers all commands."""
