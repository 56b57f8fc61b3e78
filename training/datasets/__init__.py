"""Importers: one module per public data set, each validating its rows and counting what it drops and why.

All answer with `rows.Imported`. They know neither the trainings nor the models, only how a text is cleaned and the
names of labels.
"""
