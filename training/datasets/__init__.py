"""Importers: one module per public data set, each validating its rows and counting what it drops and why."""
