"""Everything that can go wrong with embeddings, in one tree.

    EmbeddingError
    ├── ModelNotFound       no such model here: neither a folder nor in the local cache
    ├── ModelDamaged        a model folder cannot be read as a model
    ├── TextTypeError       something that is no string was given to be encoded
    ├── VectorError         vectors or ids of the wrong shape, dimension or content (NaN)
    ├── IndexDamaged        an index file is no index, is cut short, or its checksum disagrees
    └── TrainingDataError   a file of the training data is missing or malformed

Each message is one sentence: what went wrong, with which value, and what to do.
"""


class EmbeddingError(Exception):
    """Root of the errors that a face turns into one sentence."""


class ModelNotFound(EmbeddingError):
    """The model that was asked for is not on this machine."""


class ModelDamaged(EmbeddingError):
    """A model folder is there but cannot be read as a model."""


class TextTypeError(EmbeddingError, TypeError):
    """Something that is no string was given to be encoded."""


class VectorError(EmbeddingError, ValueError):
    """Vectors, ids or a number of neighbours that cannot be used."""


class IndexDamaged(EmbeddingError):
    """A saved index cannot be trusted; build it anew from the vectors."""


class TrainingDataError(EmbeddingError):
    """A file of the training data is missing or malformed."""
