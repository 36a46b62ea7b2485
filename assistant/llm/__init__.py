"""A chat model as an option: how it is called, what it is asked, how each sentence is checked."""
