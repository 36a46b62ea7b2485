"""What a message says and asks: its words' patterns, typing slips, quantities, relative time."""
