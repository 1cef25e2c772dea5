"""WSGI entry point: ``granian --interface wsgi server:app`` or ``gunicorn server:app``."""

from __future__ import annotations

from kg.web import create_app

app = create_app()

if __name__ == "__main__":
    app.run()
