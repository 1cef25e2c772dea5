"""The command line: ``kg``.

Commands are imported only when they run, so ``kg --help`` stays fast.
"""

from __future__ import annotations

from kg.cli.group import main

__all__ = ["main"]
