"""How the tables came to be, one step per file of `versions`. A new step is drafted by:

python -m db.migrations "Adds scans"
"""
