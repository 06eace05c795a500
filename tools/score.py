"""Measures Custos on the data sets in $CUSTOS_DATA, one table each.

usage: score.py CUSTOS [redaction|threads|quotes|tokens|mime …]     (all, where none is named)
"""
import os
import pathlib
import subprocess
import sys

TOOLS = pathlib.Path(__file__).resolve().parent
# name: (script, arguments after the program and the data folder)
SCORES = {
    "redaction": "score_redaction.py",
    "threads": "score_threads.py",
    "quotes": "score_quotes.py",
    "tokens": "score_tokens.py",
    "mime": "compare_mime.py",
}


def main():
    data = os.environ.get("CUSTOS_DATA")
    if not data or not pathlib.Path(data).is_dir():
        sys.exit("score: $CUSTOS_DATA names no folder of unpacked data sets; nothing to measure")
    failed = 0
    for name in sys.argv[2:] or SCORES:
        print(f"== {name}", flush=True)
        failed += subprocess.run([sys.executable, TOOLS / SCORES[name], sys.argv[1], data]).returncode != 0
    sys.exit(bool(failed))


main()
