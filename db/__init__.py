"""Tables, migrations and one store per kind of fact. Knows only the words of `inference.contract`."""
