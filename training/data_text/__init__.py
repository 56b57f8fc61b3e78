"""Importers of the public text sets: each validates what it reads and says what it dropped and why."""
