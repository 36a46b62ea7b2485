"""Documents in, ranked passages out. Knows no language model and no HTTP; receives its settings."""
