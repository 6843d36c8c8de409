"""Bytes to cleaned articles and passages, offsets kept all the way to the raw file."""
