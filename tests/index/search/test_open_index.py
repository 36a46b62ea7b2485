"""Opening an index: one that another model filled is refused."""

from collections.abc import Callable

import pytest

from index.build.build_index import build_index
from index.encoder.embedder import BundledEmbeddings
from index.errors import OtherEncoder
from index.search.open_index import open_index
from index.settings import IndexSettings


class OtherEmbedder(BundledEmbeddings):
    """The bundled model under another name."""

    model_id = "another-model"


def test_an_index_of_another_encoder_is_not_opened(make_corpus: Callable[..., IndexSettings]) -> None:
    settings = make_corpus()
    build_index(settings)
    with pytest.raises(OtherEncoder, match=r"policy-qa index build"):
        open_index(settings, OtherEmbedder())
