"""Suites over messages as people write them: claims, places, several parts, outline, wrappings."""
