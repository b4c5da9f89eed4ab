"""Bundled models worked out a second time, straight from the figures, without the engine."""
