"""Bytes in, answers out: contract, worker pool, safe pictures, models, rendering, HTTP edge.

Knows no chat platform and no database.
"""
