"""Trains what reads and writes: the flag, the chooser of templates and the captioner, one task each."""
