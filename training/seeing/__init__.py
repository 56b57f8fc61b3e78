"""Trains what looks at pictures: backbone, words for objects, index of templates (one task), and genres (another)."""
