"""Tables, migrations and one store per kind of fact. Its door is `db.stores`.

Knows only the words of `inference.contract`.
"""
