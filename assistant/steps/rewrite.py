"""The question made complete: what is searched.

Of a message its asked parts are searched, not what is told around them. A message that leans on the
conversation (那高中呢？ / 这个比例要到哪年？ / 上面说的第二条) is completed from the earlier question it
belongs to. A language model may help with both, where it is set up to; what it offers is taken only in the
asker's own words."""

import re
from dataclasses import replace
from functools import lru_cache

from assistant.llm.query_help import QueryHelp
from assistant.question.message import focused
from assistant.question.patterns import SENTENCE, Asked, QuestionPatterns, load_patterns
from assistant.schema import Exchange, Question, Turn
from index.text.lexicon import standardise
from index.text.numerals import numeral
from index.text.tokens import words

_LONG = 90
"""Characters from which on a model is asked to boil a message down, and of an earlier question or quotation
that complete another."""
_LITTLE = 2
"""Characters besides question words and stages up to which a message has no subject of its own."""
_BESIDE = 6
"""Characters that a follow-up may have besides the words that it swaps."""
_ORDINAL = re.compile(r"第([一二三四五六七八九十]|[0-9]{1,2})[条点个项款]")
_LEADING = re.compile(r"^(?:那么?|至于|还有|另外|换成|如果是|要是|不是问|我是说)")
_ENDS_OPEN = re.compile(r"呢[?？!！。]*$")
_EMPTY = re.compile(r"[的了呢吗嘛啊要是有会能都就也和与在到还请问说讲\W]")
_TRAILING = re.compile(r"(?:呢|嘛|吗|啊|哦|哈)*[?？!！。]*$")


class Rewrite:
    """Sets `standalone` and, from the conversation, `prefer`."""

    def __init__(
        self,
        query_help: QueryHelp | None = None,
        vocabulary: frozenset[str] = frozenset(),
    ) -> None:
        self._help = query_help
        self._vocabulary = vocabulary

    def __call__(self, turn: Turn) -> Turn:
        """The question as searched; what is asked where nothing needs to change."""
        asked = turn.question
        history = tuple(each for each in turn.request.history if not each.about_document)
        # in a conversation what is told around the question may be what it changes
        brief = bool(history) and len(asked.clean) <= _LONG
        text = asked.clean if brief else self._focused(asked)
        standard = standardise(text)
        if not history or not _leans(standard):
            return replace(turn, question=replace(asked, standalone=text, standard=standard))
        earlier = _antecedent(text, history)
        addition = standard if len(_subject(text, load_patterns())) > _LITTLE else ""
        prefer = frozenset(earlier.clauses[:3])
        at = _ordinal(text)
        if at is not None and at < len(earlier.quotes):
            standalone, addition = f"{text} {earlier.quotes[at][:_LONG]}", ""
            prefer = frozenset({earlier.clauses[at]})
        else:
            standalone = self._completed(text, earlier.standalone)
        return replace(
            turn,
            question=replace(
                asked,
                standalone=standalone,
                standard=standardise(standalone),
                addition=addition,
                prefer=prefer,
            ),
        )

    def _focused(self, asked: Question) -> str:
        offered = self._help.boiled_down(asked.clean) if self._help and len(asked.clean) > _LONG else None
        return offered or focused(asked, self._vocabulary)

    def _completed(self, message: str, earlier: str) -> str:
        offered = self._help.completed(message, earlier) if self._help else None
        return offered or complete(message, earlier, load_patterns())


def _leans(standard: str) -> bool:
    """Whether a message, in standard words, leans on what was said before."""
    patterns = load_patterns()
    return bool(
        any(patterns.reference_start.match(sentence) for sentence in SENTENCE.findall(standard))
        or patterns.returns.search(standard)
        or patterns.reference_inside.search(standard)
        or _ENDS_OPEN.search(standard)
        or (
            len(_subject(standard, patterns)) <= _LITTLE
            and not patterns.exists.search(standard)
            and not _names_thing(standard, patterns)
        )
    )


def _names_thing(standard: str, patterns: QuestionPatterns) -> bool:
    """It asks nothing, and says a word beside one that a follow-up swaps (校园足球): the two name a thing."""
    said = _EMPTY.sub("", standard)
    own = _subject(standard, patterns)
    return patterns.asked(standard) is Asked.OTHER and _LITTLE <= len(own) < len(said)


def _ordinal(message: str) -> int | None:
    """Which citation of the answer before (from 0) the message names (第二条), if it names one."""
    found = _ORDINAL.search(message)
    at = numeral(found[1]) - 1 if found else -1
    return at if at >= 0 else None


def complete(message: str, earlier: str, patterns: QuestionPatterns) -> str:
    """`message` completed from the `earlier` question: words of the same class swapped, where it asks
    nothing else by itself, else both joined."""
    core = _TRAILING.sub("", _LEADING.sub("", message)).strip(" ，,")
    for said, meant in patterns.slot_aliases:
        core = core.replace(said, meant)
    own = patterns.asked(standardise(core))
    if own in (Asked.OTHER, patterns.asked(standardise(earlier))) and (
        swapped := _swapped(core, earlier, patterns)
    ):
        return swapped
    kept = earlier if len(earlier) <= _LONG else earlier[-_LONG:]
    return f"{_TRAILING.sub('', kept)}，{message}"


def _swapped(core: str, earlier: str, patterns: QuestionPatterns) -> str | None:
    """`earlier` with what `core` names in the place of what it names of the same class; None where `core`
    says more than that, or names what has no counterpart there."""
    rest, found = core, earlier
    for words_of_class in (*patterns.slots, *patterns.contrasts):
        group = _coordinated(words_of_class)
        named = [each.group() for each in group.finditer(core)]
        if len(named) != 1:
            continue
        rest = rest.replace(named[0], "")
        others = [each.group() for each in group.finditer(found) if each.group() != named[0]]
        if others:
            found = found.replace(max(others, key=len), named[0])
        elif named[0] not in found:
            return None
    return found if found != earlier and len(rest) <= _BESIDE else None


@lru_cache(maxsize=8)
def _coordinated(words_of_class: tuple[str, ...]) -> re.Pattern[str]:
    """Words of a class that stand side by side (小学初中, 小学和初中), or one alone."""
    one = "|".join(map(re.escape, words_of_class))
    return re.compile(f"(?:{one})(?:(?:以及|[、和与跟及])?(?:{one}))*")


def _subject(text: str, patterns: QuestionPatterns) -> str:
    """What `text` speaks of besides question words and words that a follow-up swaps."""
    for _, pattern in patterns.asks:
        text = pattern.sub("", text)
    for word in (word for words_of_class in patterns.slots for word in words_of_class):
        text = text.replace(word, "")
    return _EMPTY.sub("", text)


def _antecedent(message: str, history: tuple[Exchange, ...]) -> Exchange:
    """The earlier exchange that `message` belongs to: the last; where it says that it goes back, the older
    one that shares most words with it, the later of equals."""
    if len(history) == 1 or not load_patterns().returns.search(message):
        return history[-1]
    own = {word for word in words(message) if len(word) > 1}

    def shared(exchange: Exchange) -> int:
        return len(own & set(words(exchange.standalone)))

    return max(reversed(history[:-1]), key=shared)
