"""Measures Custos on the data sets in $CUSTOS_DATA, one table each.

usage: score.py CUSTOS [redaction|threads|quotes|tokens|mime|encoder|search|heads|answers …]

Where none is named: all but encoder, which installs its peers, 6 GB, into build/, search and answers, which embed the
Enron set into build/bench/known-items.custos first (2 to 12 minutes, once), and heads, which trains nine heads and their
peers.

Exits 1 when one falls below what it is held to, see SCORES. $CUSTOS_PRESIDIO may name a Python that has Presidio, to
be measured beside redaction (see ask_presidio.py).
"""
import os
import pathlib
import subprocess
import sys
import tempfile

TOOLS = pathlib.Path(__file__).resolve().parent


def run(script, *arguments):
    return subprocess.run([sys.executable, TOOLS / script, *map(str, arguments)]).returncode == 0


def score_redaction(custos, data):
    peer = os.environ.get("CUSTOS_PRESIDIO")
    passed = run("score_recognizer_cases.py", custos, data / "pii/recognizer_cases.jsonl", "--least", 0.97)
    measured = run("score_redaction.py", custos, data / "pii/synth_dataset_v2.json",
                   *(("--presidio", peer) if peer else ()))
    return passed and measured


def score_threads(custos, data):
    return run("score_threads.py", "--custos", custos, "--data", data / "threads")


def score_quotes(custos, data):
    """The reply mails of each project, made into messages, read, and compared; all have to pass."""
    quotes = data / "quotes"
    with tempfile.TemporaryDirectory() as scratch:
        folder, parsed = pathlib.Path(scratch) / "wrapped", pathlib.Path(scratch) / "parsed.jsonl"
        if not run("score_quotes.py", "--data", quotes, "--wrap", folder):
            return False
        files = sorted(path for path in folder.glob("*/*/*") if path.is_file())
        with open(parsed, "wb") as out:
            subprocess.run([custos, "parse", *files], stdout=out, check=False)
        return run("score_quotes.py", "--data", quotes, parsed)


def score_tokens(custos, data):
    return run("score_tokens.py", "--custos", custos, "--data", data, "--least", 0.999)


def score_mime(custos, data):
    return run("score_mime.py", custos, data)


def score_encoder(custos, data):
    return run("score_encoder.py", custos)


def score_answers(custos, data):
    folder = TOOLS.parent / "build/bench"
    os.environ["CUSTOS_KEYS"] = str(folder / "known-items-keys")
    return run("score_answers.py", custos, data, "--folder", folder)


def score_search(custos, data):
    """Known items and cranfield; then filters against an exhaustive look, in the same archive."""
    folder = TOOLS.parent / "build/bench"
    os.environ["CUSTOS_KEYS"] = str(folder / "known-items-keys")
    archive = folder / "known-items.custos"
    found = run("score_search.py", custos, data, "--archive", archive)
    return run("score_filters.py", custos, archive) and found


def score_heads(custos, data):
    return run("score_heads.py", custos, data)


# name: (the pack it needs, how it is measured)
SCORES = {
    "redaction": ("pii", score_redaction),
    "threads": ("threads", score_threads),
    "quotes": ("quotes", score_quotes),
    "tokens": ("enron", score_tokens),
    "mime": ("mime", score_mime),
    "encoder": ("enron", score_encoder),
    "search": ("enron", score_search),
    "heads": ("classify", score_heads),
    "answers": ("enron", score_answers),
}
ONLY_WHEN_NAMED = {"encoder", "search", "heads", "answers"}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    unknown = [name for name in sys.argv[2:] if name not in SCORES]
    if unknown:
        sys.exit(f"score: no measurement is called {unknown[0]}; there are {', '.join(SCORES)}")
    data = pathlib.Path(os.environ.get("CUSTOS_DATA") or ".").resolve()
    if not os.environ.get("CUSTOS_DATA") or not data.is_dir():
        sys.exit("score: $CUSTOS_DATA names no folder of unpacked data sets; nothing to measure")
    below = []
    for name in sys.argv[2:] or [name for name in SCORES if name not in ONLY_WHEN_NAMED]:
        pack, measure = SCORES[name]
        print(f"== {name}", flush=True)
        if not (data / pack).is_dir():
            print(f"skipped: no {pack} in $CUSTOS_DATA")
        elif not measure(sys.argv[1], data):
            below.append(name)
    print(f"== below the mark: {', '.join(below)}" if below else "== all as they have to be")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
