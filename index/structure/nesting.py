"""Which numbers continue the outline, and where they stand in it: by what comes before and after them.

A number counts where it is the first or the next of its kind under its parent, where it runs on from
the last one of its kind under another parent (一、（一）–（三）; 二、（四）), and, where numbers are missing,
where the one after it follows. So enumerations, quantities and cross-references at the start of a line
stay text.
"""

from collections.abc import Sequence

from index.structure.numbering import DECIMALS, Mark, Numbered

_LOOKAHEAD = 400
_MOST_MISSING = 3


class Nesting:
    """The open numbers, outermost first, while a text is read from top to bottom.

    Kinds nest in their usual order; a text that nests them otherwise, say （1） above 1., is followed
    where its numbers say so: the outer sequence goes on after the inner one.
    """

    def __init__(self, found: Sequence[Numbered | None]) -> None:
        """`found` holds for each line the number that it begins with."""
        self._found = [(at, each) for at, each in enumerate(found) if each is not None]
        self._index = {at: index for index, (at, _) in enumerate(self._found)}
        self.open: list[Numbered] = []
        self._last: dict[Mark, int] = {}
        """The latest number of each kind, wherever it stood."""

    def depth(self, at: int, each: Numbered) -> int | None:
        """How many of the open numbers stay open above `each`, the number of line `at`; None where it
        does not continue the outline."""
        kinds = [number.mark for number in self.open]
        if each.mark in kinds:
            depth = kinds.index(each.mark)
            return depth if self._goes_on_at(at, each, depth) else None
        depth = self._opened_depth(at, each)
        return depth if self._opens(at, each, depth) else None

    def missing(self, each: Numbered, depth: int) -> list[int]:
        """The numbers that are not there before `each`, were it pushed at `depth`."""
        if depth < len(self.open) and self.open[depth].mark is each.mark:
            return list(range(self.open[depth].number + 1, each.number))
        last = self._last.get(each.mark, 0)
        return [] if each.number in (0, 1, last + 1) else list(range(1, each.number))

    def push(self, each: Numbered, depth: int) -> None:
        """Open `each` below the first `depth` open numbers."""
        self.open[depth:] = [each]
        self._last[each.mark] = each.number

    def _goes_on_at(self, at: int, each: Numbered, depth: int) -> bool:
        """Whether `each` goes on the sequence of its kind that is open at `depth`."""
        here = self.open[depth]
        if each.mark in DECIMALS and each.above != here.above:
            return False
        if each.number == here.number + 1:
            return True
        if each.weak:
            return False
        above = self.open[:depth]
        if each.number > here.number:
            if each.number - here.number - 1 > _MOST_MISSING:
                return False
            wanted = range(here.number + 1, each.number)
            follows = self._comes(at, each, each.number + 1, above)
            return follows and not any(self._comes(at, each, number, above) for number in wanted)
        if not self._comes(at, each, each.number + 1, above):
            return False
        typed_twice = each.number == here.number
        return typed_twice or (each.number == 1 and not self._comes(at, each, here.number + 1, above))

    def _opened_depth(self, at: int, each: Numbered) -> int:
        if each.mark in DECIMALS:
            for depth in range(len(self.open), 0, -1):
                number = self.open[depth - 1]
                if (*number.above, number.number)[-len(each.above) :] == each.above:
                    return depth
        usual = sum(number.mark < each.mark for number in self.open)
        if usual == len(self.open) or not self._continues_after(at, self.open[-1], self.open[:usual]):
            return usual
        return len(self.open)

    def _opens(self, at: int, each: Numbered, depth: int) -> bool:
        """Whether `each` may open a sequence of its kind below the first `depth` open numbers."""
        above = self.open[:depth]
        if each.mark in DECIMALS and not self._hangs_below(each, above):
            return False
        if each.number in (0, 1):
            return not each.weak or self._comes(at, each, each.number + 1, above)
        if each.mark not in DECIMALS and each.number == self._last.get(each.mark, 0) + 1:
            return True
        return (
            not each.weak
            and each.number <= 1 + _MOST_MISSING
            and self._comes(at, each, each.number + 1, above)
        )

    def _hangs_below(self, each: Numbered, above: Sequence[Numbered]) -> bool:
        """Whether a decimal stands below its own first numbers, or below none at all."""
        if not above:
            return each.above[-1] == 1 or each.above[-1] == self._last.get(each.mark, 0) + 1
        inner = above[-1]
        return (*inner.above, inner.number)[-len(each.above) :] == each.above

    def _comes(self, at: int, each: Numbered, number: int, above: Sequence[Numbered]) -> bool:
        """Whether `number` comes in the writing of `each`, which line `at` has, before the sequence of one
        `above` goes on."""
        ends = {(open_.mark, open_.number + 1) for open_ in above}
        start = self._index[at] + 1
        for _, later in self._found[start : start + _LOOKAHEAD]:
            if (later.mark, later.above, later.number) == (each.mark, each.above, number):
                return True
            if (later.mark, later.number) in ends:
                return False
        return False

    def _continues_after(self, at: int, inner: Numbered, above: Sequence[Numbered]) -> bool:
        """Whether the sequence of `inner` continues after line `at`, before one `above` it does."""
        start = self._index[at] + 1
        ends = {(number.mark, number.number + 1) for number in above}
        for _, later in self._found[start : start + _LOOKAHEAD]:
            if later.mark is inner.mark and later.number in (1, inner.number + 1):
                return later.number != 1
            if (later.mark, later.number) in ends:
                return False
        return False
