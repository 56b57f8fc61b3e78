"""Data importers, training, evaluation and export of the embedded models. May use `inference` and `db`, never `bot`."""
