"""Gradio mounted behind doors of our own: which of its routes are open, and what may pass them."""
