"""The embedded models and the adapters to others; each loads its own weights and takes decoded pictures."""
