"""How sure the slip correction must be: few clean questions may change."""

import random
from collections import defaultdict

from pypinyin import lazy_pinyin

from assistant.question.typing_slips import Slips
from evals.training.fitting import write_thresholds
from evals.training.samples import Samples
from index.schema import OpenQuestion
from index.text.tokens import single_characters

_CHANGED = 0.005
"""Share of clean questions that may be changed."""
_GAINS = (4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)


def fit_slips(samples: Samples) -> dict[str, float]:
    """The lowest gain under which clean questions stay as they are, and what share of words with one
    character exchanged for another of the same sound it puts right."""
    clean = [s.text for s in samples.of_corpus if isinstance(s.source, OpenQuestion)]
    clean += [row.turns[-1] for row in samples.rows]
    homophones = defaultdict(list)
    for character in single_characters():
        homophones[lazy_pinyin(character)[0]].append(character)
    chooser = random.Random(0)  # noqa: S311 a sample, not a secret
    known = Slips(samples.searcher.texts(), 0.0)
    slipped = []
    for text in clean:
        words = [word for word in known.words_in(text) if len(word) > 1]
        if words:
            word = chooser.choice(words)
            at = chooser.randrange(len(word))
            others = [c for c in homophones[lazy_pinyin(word)[at]] if c != word[at]]
            if others:
                wrong = word[:at] + chooser.choice(others) + word[at + 1 :]
                slipped.append((text, text.replace(word, wrong, 1)))
    report: dict[str, float] = {}
    for gain in _GAINS:
        slips = Slips(samples.searcher.texts(), gain)
        changed = sum(slips.corrected(text) != text for text in clean) / len(clean)
        if changed <= _CHANGED:
            righted = sum(slips.corrected(wrong) == text for text, wrong in slipped) / len(slipped)
            report = {"slip_gain": gain, "clean_changed": changed, "slips_righted": righted}
            break
    write_thresholds({"slip_gain": report["slip_gain"]})
    return report
