"""Who calls: keys, what they may do, and how much."""
