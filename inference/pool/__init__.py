"""The pool of this machine: worker processes, one per CUDA device or one for the processor, behind `contract.Pool`.

The face is `LocalPool` and `PoolConfig`; the other modules of this package are private. Nothing in here imports torch,
Pillow or an engine: those live in the workers.
"""

from inference.pool._config import PoolConfig
from inference.pool._local import LocalPool

__all__ = ["LocalPool", "PoolConfig"]
