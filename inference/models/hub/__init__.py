"""Models of others: flag, genre and caption models given as a directory or as a Hugging Face id.

They answer like the embedded models of the same names, but are shown the picture itself where those are given features.
Only safetensors are read and no code of a repository ever runs. Whatever keeps a model from loading is a ModelError.
"""

from inference.models.hub.captioner import HubCaptioner, HubCondition
from inference.models.hub.flag import HubFlag, HubFlagInput
from inference.models.hub.genre import HubGenre, HubGenreInput

__all__ = ["HubCaptioner", "HubCondition", "HubFlag", "HubFlagInput", "HubGenre", "HubGenreInput"]
