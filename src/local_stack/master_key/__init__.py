"""Rotation of the master key: where the keys are kept, which columns they seal, and how these are wrapped anew."""
