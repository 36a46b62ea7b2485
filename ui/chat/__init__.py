"""The chat: its page, its listeners, what stands on it."""
