"""The projection room."""
