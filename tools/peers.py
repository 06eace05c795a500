"""Virtual environments for the programs that Custos is measured beside."""
import os
import pathlib
import subprocess
import sys

BUILD = pathlib.Path(__file__).resolve().parent.parent / "build"


def enter_venv(name, packages, script):
    """Goes on with `script` in build/NAME, where `packages` are installed the first time."""
    venv = BUILD / name
    python = venv / "bin" / "python"
    if pathlib.Path(sys.prefix).resolve() == venv.resolve():
        return
    if not (venv / "ready").exists():
        print(f"installing the peers into build/{name}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        (venv / "ready").touch()
    os.execv(python, [str(python), script, *sys.argv[1:]])
