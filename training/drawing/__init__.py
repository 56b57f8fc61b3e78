"""Draws pictures to learn from: templates in disguise, and memes of genres that labels hardly have. Knows no model."""
