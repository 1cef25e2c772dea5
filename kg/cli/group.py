"""The command group, and how errors become exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Final

import click

from kg.cli.examples import epilog
from kg.errors import KGError

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "init": ("kg.cli.init:init", "Build a store from the shipped graph."),
    "info": ("kg.cli.info:info", "Show datasets, counts, revision and content hash."),
    "serve": ("kg.cli.serve:serve", "Serve pages, SPARQL and the API over HTTP."),
    "query": ("kg.cli.query:query", "Run a SPARQL query or a named question."),
    "update": ("kg.cli.update:update", "Run a SPARQL update on the embedded store."),
    "import": ("kg.cli.import_:import_", "Import RDF files or tables into a dataset."),
    "validate": ("kg.cli.validate:validate", "Check files or the whole store against the shapes."),
    "template": ("kg.cli.template:template", "Write an empty table to fill in."),
    "dataset": ("kg.cli.dataset:dataset", "List, export and remove datasets."),
    "coverage": ("kg.cli.coverage:coverage", "Count cases or frameworks, dimension by dimension."),
    "gaps": ("kg.cli.gaps:gaps", "Rank and explain what is missing."),
    "crosswalk": ("kg.cli.crosswalk:crosswalk", "Compare frameworks through the pivot."),
    "compare": ("kg.cli.compare:compare", "Compare portfolios, years or revisions."),
    "network": ("kg.cli.network:network", "Measure the network of concepts."),
    "profile": ("kg.cli.profile:profile", "Profile organisations, countries or technologies."),
    "suggest": ("kg.cli.suggest:suggest", "Suggest what would close a gap."),
    "link": ("kg.cli.link:link", "Link text to principles, targets and technologies."),
    "review": ("kg.cli.review:review", "Accept or reject proposed links."),
    "evaluate": ("kg.cli.evaluate:evaluate", "Measure the linker on labelled passages."),
    "export": ("kg.cli.export:export", "Export the graph or its tables."),
    "report": ("kg.cli.report:report", "Write the gap report."),
    "backup": ("kg.cli.backup:backup", "Write a backup of the store."),
    "restore": ("kg.cli.restore:restore", "Restore a store from a backup."),
}
"""Name of each command, where it lives, and its line in the help."""


class LazyGroup(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names in the order of a working day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return _with_examples(command, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Like click's, with the closest known name in the message."""
        name = args[0] if args else ""
        if name and name not in COMMANDS and not name.startswith("-"):
            import difflib

            close = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            ctx.fail(f"No such command {name!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _with_examples(command: click.Command, *names: str) -> click.Command:
    command.epilog = epilog(*names)
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            _with_examples(inner, *names, name)
    return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="equipoise", prog_name="kg")
def group() -> None:
    """Equipoise: AI-ethics principles, SDG targets, cases and technologies in one graph.

    Data go to standard output, progress and errors to standard error. KG_STORE or --store
    names the store; without it one is built from the shipped graph on first use.
    """


def main() -> None:
    """Entry point of the ``kg`` command; errors become their exit codes."""
    # Our matrices are sparse or small: threads of the linear algebra library only get in each
    # other's way (10 to 20 times slower on two busy cores). Whoever sets the variable decides.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        group.main(prog_name="kg", standalone_mode=False)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("Aborted.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KGError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader went away (kg query … | head): point stdout elsewhere and end quietly.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
