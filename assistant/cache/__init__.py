"""Answers that can be given again: kept for a while, and made once where several ask the same at once."""
