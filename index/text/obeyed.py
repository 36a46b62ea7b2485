"""Characters that a terminal, or who reads a line, obeys instead of showing them."""

CONTROL = (*range(0x20), *range(0x7F, 0xA0))
"""Among them the ends of lines of ASCII and the tab."""
DIRECTION = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""They turn the direction of writing of what stands beside them."""
