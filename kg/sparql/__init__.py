"""The sparql room."""
