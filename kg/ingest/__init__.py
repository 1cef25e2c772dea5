"""Carrying in: RDF files, tables and documents, checked before anything is published."""
