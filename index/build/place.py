"""What a file is to the documents that are there."""

from enum import StrEnum


class Place(StrEnum):
    """What a file is to the documents that are there."""

    NEW = "new"
    """None of them has its id."""
    VERSION = "version"
    """Another version of one of them."""
    KNOWN = "known"
    """It is there as it is."""
    REPLACES = "replaces"
    """One that was added has its id and version, and would give way."""
    SHIPPED = "shipped"
    """The one of its id and version came with the program, and stays."""
    ELSEWHERE = "elsewhere"
    """Its very bytes are there under another id or version."""
