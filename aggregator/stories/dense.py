"""Sentence-transformer vectors, from the optional extra ``aggregator[dense]``."""

import math
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from aggregator.errors import AggregatorError

KEPT = 20_000
"""Texts whose vectors are kept: 30 MB where a vector has 384 numbers."""


class DenseModel:
    """A sentence-transformers model in a folder; it is loaded when first asked, without the network.

    Raises AggregatorError where the extra is not installed or the folder has no model.
    """

    def __init__(self, folder: Path) -> None:
        if not (folder / "modules.json").is_file():
            raise AggregatorError(
                f"stories.dense_model: {folder} has no modules.json: name the folder of a "
                'sentence-transformers model, or "" for none'
            )
        if find_spec("sentence_transformers") is None:
            raise AggregatorError(
                "stories.dense_model needs an extra: pip install 'aggregator[dense]', or set it to \"\""
            )
        self._folder = folder
        self._model: Any = None
        self._vectors: dict[str, Any] = {}

    def likeness(self, article_text: str, story_texts: Sequence[str]) -> float:
        """Return the cosine of a text and the mean of others, from -1 to 1; 0 where a text has no vector.

        Raises AggregatorError where the model cannot be loaded.
        """
        article, *story = self._encode([article_text, *story_texts])
        total = sum(story)
        length = math.sqrt(float(total @ total))
        return float(article @ total) / length if length else 0.0

    def _encode(self, texts: Sequence[str]) -> list[Any]:
        known = self._vectors
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            self._model = self._model or _load_model(self._folder)
            encoded = self._model.encode(new, normalize_embeddings=True, show_progress_bar=False)
            known.update(zip(new, encoded, strict=True))
        found = [known[text] for text in texts]
        for text in list(islice(known, max(0, len(known) - KEPT))):
            del known[text]
        return found


@lru_cache(maxsize=1)
def get_dense_model(folder: str) -> DenseModel | None:
    """Return the model in a folder, the same one for the same folder; None for ``""``.

    Raises AggregatorError where the extra is not installed or the folder has no model.
    """
    return DenseModel(Path(folder)) if folder else None


def _load_model(folder: Path) -> Any:
    # Imported here: it takes seconds and hundreds of megabytes, and comes with the extra only.
    import torch  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

    # A few short texts at a time: several threads would wait for each other longer than they work.
    torch.set_num_threads(1)
    disable_progress_bar()
    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except Exception as error:  # a damaged file shows as anything: tokenizers raises Exception itself
        reason = " ".join(str(error).split()) or type(error).__name__
        raise AggregatorError(f"stories.dense_model: {folder} cannot be loaded: {reason}") from error
