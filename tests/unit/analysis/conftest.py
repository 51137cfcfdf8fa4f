"""jieba's dictionary takes a second to load: all tokenizers of these tests copy one that is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def one_dictionary() -> Iterator[None]:
    """Let the tokenizers of jieba's own dictionary share its loading, not the words that are added to each."""
    import jieba

    jieba.setLogLevel(60)
    initialize, loaded = jieba.Tokenizer.initialize, jieba.Tokenizer()

    def copied(self, dictionary: str | Path | None = None) -> None:
        if self.initialized or dictionary is not None or self.dictionary is not None:
            initialize(self, dictionary)
            return
        if not loaded.initialized:
            initialize(loaded)
        self.FREQ, self.total, self.initialized = loaded.FREQ.copy(), loaded.total, True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jieba.Tokenizer, "initialize", copied)
        yield
