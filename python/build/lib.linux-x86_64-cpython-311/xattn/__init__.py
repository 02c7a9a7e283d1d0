"""An encoder-decoder transformer translator that shows what its cross-attention looked at.

    import xattn
    model = xattn.Model()
    t = model.translate("The cat sat on the mat.")
    print(t.text)
    print(t.map())
"""

from ._library import lib as _lib
from .errors import Cancelled, Error, ModelError, ModelNotFoundError, OutOfMemoryError, UsageError
from .maps import Map
from .model import Ablation, Info, Model
from .translation import RunnerUp, Tokens, Translation

__version__: str = _lib.xattn_version().decode()

__all__ = [
    "Ablation",
    "Cancelled",
    "Error",
    "Info",
    "Map",
    "Model",
    "ModelError",
    "ModelNotFoundError",
    "OutOfMemoryError",
    "RunnerUp",
    "Tokens",
    "Translation",
    "UsageError",
]
