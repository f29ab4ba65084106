"""Backbones: where weights come from, which family they are of, and how they are opened, run and saved."""
