"""Strings to vectors to nearest rows. Has never heard of an article or a question."""

from embeddings.embedder import Embedder
from embeddings.errors import EmbeddingError, IndexDamaged, ModelDamaged, ModelNotFound, TextTypeError, VectorError
from embeddings.vector_index import VectorIndex

__all__ = [
    "Embedder",
    "EmbeddingError",
    "IndexDamaged",
    "ModelDamaged",
    "ModelNotFound",
    "TextTypeError",
    "VectorError",
    "VectorIndex",
]
