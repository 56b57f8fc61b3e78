"""Base pictures with text boxes: the bundled ones of our own, and those a user imports."""
