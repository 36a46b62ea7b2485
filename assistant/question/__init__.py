"""What a message says and asks: its words' patterns, what it is about, quantities, relative time."""
