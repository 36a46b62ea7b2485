"""Runs: ask, judge, compare, report."""
