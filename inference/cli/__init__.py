"""The commands of this room; `pyproject.toml` names each as an entry point of `memesmith`."""
