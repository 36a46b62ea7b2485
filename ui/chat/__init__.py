"""The chat: its page, its engine, what stands on it."""
