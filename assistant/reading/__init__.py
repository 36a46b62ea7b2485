"""Reads a question with passages: which answers it, with which words, or denies what it states."""
