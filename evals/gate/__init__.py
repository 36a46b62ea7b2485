"""Whether the answers are as good as the committed baseline."""
