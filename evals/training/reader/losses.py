"""What training minimises."""

import torch
from torch import Tensor
from torch.nn import functional

from evals.training.reader.batches import Batch
from evals.training.reader.network import Reader

_PAIRS, _TWINS, _SPANS = 0.3, 0.5, 0.3
"""Weights of judging each pair by itself, of comparing twins, and of the deciding words, beside the two that
weigh 1."""
_DENIES_WEIGHT = 3.0
"""How much more a passage counts that denies: there are few."""
_NEVER = -1e4


def losses(reader: Reader, batch: Batch) -> dict[str, Tensor]:
    """By name: `listwise`, which candidate answers or that none does (a softmax over a question's
    candidates and `none`, whose score is 0); `pairs`, whether each answers; `twins`, that what answers a
    question scores above everything found for its twin that nothing answers; `denies`, whether each excludes
    what is taken for granted; `spans`, where the deciding words begin and end."""
    judged, spans = reader(torch.from_numpy(batch.ids), torch.from_numpy(batch.kinds))
    judged, spans = judged.float(), spans.float()
    group, right = torch.from_numpy(batch.group), torch.from_numpy(batch.answers)
    known = torch.from_numpy(batch.judged)
    found: dict[str, Tensor] = {}
    if known.any():
        found["listwise"] = _listwise(judged[:, 0], group, right, known)
        found["pairs"] = _PAIRS * functional.binary_cross_entropy_with_logits(
            judged[known, 0], right[known].float()
        )
        if (compared := _twins(judged[:, 0], group, torch.from_numpy(batch.twins), right, known)) is not None:
            found["twins"] = _TWINS * compared
    found["denies"] = _denies(judged[:, 1], torch.from_numpy(batch.denies))
    places = torch.from_numpy(batch.spans)
    marked = places[:, 0] >= 0
    if marked.any():
        ends = [functional.cross_entropy(spans[marked, :, one], places[marked, one]) for one in (0, 1)]
        found["spans"] = _SPANS * (ends[0] + ends[1])
    return found


def _listwise(score: Tensor, group: Tensor, right: Tensor, known: Tensor) -> Tensor:
    sizes = torch.bincount(group)
    count = len(sizes)
    column = torch.cat([torch.arange(1, size + 1) for size in sizes.tolist()])
    table = torch.full((count, int(sizes.max()) + 1), _NEVER)
    golds = torch.full_like(table, _NEVER)
    table[group, column] = score
    table[:, 0] = 0.0
    golds[group[right], column[right]] = score[right]
    some = torch.zeros(count, dtype=torch.bool)
    some[group[right]] = True
    golds[~some, 0] = 0.0
    asked = torch.zeros(count, dtype=torch.bool)
    asked[group[known]] = True
    return (torch.logsumexp(table, 1) - torch.logsumexp(golds, 1))[asked].mean()


def _twins(score: Tensor, group: Tensor, twins: Tensor, right: Tensor, known: Tensor) -> Tensor | None:
    answered = torch.zeros(int(group.max()) + 1, dtype=torch.bool)
    answered[group[right]] = True
    each = []
    for number in range(int(twins.max()) + 1):
        own = (twins == number) & known
        golds, others = score[own & right], score[own & ~answered[group]]
        if len(golds) and len(others):
            each.append(torch.logsumexp(torch.cat([golds, others]), 0) - torch.logsumexp(golds, 0))
    return torch.stack(each).mean() if each else None


def _denies(score: Tensor, truth: Tensor) -> Tensor:
    sure = truth >= 0
    weight = torch.where(truth > 0, _DENIES_WEIGHT, 1.0)
    each = functional.binary_cross_entropy_with_logits(score, truth.clamp(min=0), weight, reduction="none")
    return each[sure].mean()
