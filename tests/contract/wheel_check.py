"""Build the wheel, install it elsewhere, and use it from a folder that is not the checkout.

Run by ``.ci/run``; a script, since it makes its own virtual environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = (
    "kg/_bundled/ontology/equipoise.ttl",
    "kg/_bundled/ontology/shapes.ttl",
    "kg/_bundled/ontology/context.jsonld",
    "kg/_bundled/data/cases.ttl",
    "kg/_bundled/data/sdg.ttl",
    "kg/py.typed",
    "kg/web/templates/base.html",
    "kg/web/static/equipoise.css",
)


def run(*command: str, cwd: Path, **environment: str) -> str:
    """Run a command, print it, and return what it printed."""
    print("+", " ".join(command), flush=True)
    clean = {key: value for key, value in os.environ.items() if not key.startswith("KG_")}
    done = subprocess.run(
        command, cwd=cwd, env={**clean, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n")
        raise SystemExit(f"failed with exit code {done.returncode}")
    return done.stdout


def main() -> None:
    """Build, look inside, install, use."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        run(
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "-q",
            "--no-deps",
            "-w",
            str(work),
            str(ROOT),
            cwd=work,
        )
        (wheel,) = work.glob("equipoise-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            names = set(archive.namelist())
        missing = [path for path in EXPECTED if path not in names]
        assert not missing, f"the wheel lacks {missing}"
        strangers = [path for path in names if path.startswith(("tests/", "benchmarks/", "docs/"))]
        assert not strangers, f"the wheel should not hold {strangers[:3]}"
        venv.create(work / "venv", with_pip=True)
        python = work / "venv" / "bin" / "python"
        run(str(python), "-m", "pip", "install", "-q", str(wheel), cwd=work)
        kg = str(python.with_name("kg"))
        store = str(work / "store")
        info = json.loads(run(kg, "info", "--format", "json", cwd=work, KG_STORE=store))
        assert info["counts"]["Goals"] == 17, info
        assert info["counts"]["Cases"] >= 200, info
        table = json.loads(
            run(
                kg,
                "coverage",
                "--rows",
                "goal",
                "--cols",
                "principle",
                "--format",
                "json",
                cwd=work,
                KG_STORE=store,
            )
        )
        assert len(table["rows"]) == 17
        run(kg, "report", "-o", "report.html", cwd=work, KG_STORE=store)
        assert (work / "report.html").stat().st_size > 20_000
        print(f"wheel: {wheel.stat().st_size / 1e6:.1f} MB, {len(names)} files, works elsewhere")


if __name__ == "__main__":
    main()
