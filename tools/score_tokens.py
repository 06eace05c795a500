#!/usr/bin/env python3
"""How often `custos tokenize --no-sentences` gives what NLTK's NLTKWordTokenizer gives, on real sentences.

    tools/score_tokens.py --custos build/release/bin/custos --data DIR [--sentences 50000] [--show N]

DIR holds the unpacked packs of real data (enron, retrieval, classify, pii). A sentence is a line of them; it goes to
both tokenizers whole, so that only words are compared, not the splitting into sentences. Needs nltk, no NLTK data. Exit 1
below --least (0.999). Text is printed only with --show.
"""

import argparse
import json
import random
import re
import subprocess
import sys
from pathlib import Path

from nltk.tokenize.destructive import NLTKWordTokenizer

SOURCES = (
    ("enron", "enron/*/inbox/*"),
    ("stsb", "retrieval/stsb/**/*"),
    ("cranfield", "retrieval/cranfield/**/*"),
    ("classify", "classify/**/*"),
    ("wnut", "pii/ner/*.conll"),
)
# Tags stay whole by design, which NLTK does not know.
TAG = re.compile(r"\[[A-Z][A-Z0-9_]+-[^\]\s]+\]")


def lines_of(path):
    if path.suffix == ".conll":
        words = [line.split() for line in path.read_text(errors="replace").split("\n")]
        sentence = []
        for columns in words:
            if columns:
                sentence.append(columns[0])
            elif sentence:
                yield " ".join(sentence)
                sentence = []
        return
    text = path.read_bytes().decode("utf-8", errors="replace")
    body = text.split("\n\n", 1)[-1] if "/inbox/" in str(path) else text
    for line in body.split("\n"):
        yield line.strip("\r")


def sample(data, wanted):
    """About as many different lines of every source; the same ones each time."""
    chosen = []
    rng = random.Random(1)
    for name, pattern in SOURCES:
        seen = set()
        paths = sorted(p for p in data.glob(pattern) if p.is_file() and p.suffix not in (".md", ".parquet", ".zip"))
        rng.shuffle(paths)
        for path in paths:
            lines = [line for line in lines_of(path) if 3 <= len(line) <= 2000 and not TAG.search(line)]
            rng.shuffle(lines)
            seen.update(lines[:4000])
            if len(seen) >= wanted:
                break
        chosen += [(name, line) for line in sorted(seen)[:wanted]]
    rng.shuffle(chosen)
    return chosen


def ask_custos(custos, sentences):
    asked = "".join(json.dumps({"id": str(i), "text": text}) + "\n" for i, text in enumerate(sentences))
    done = subprocess.run([custos, "tokenize", "--no-sentences"], input=asked.encode(), capture_output=True, check=True)
    return [json.loads(line)["tokens"] for line in done.stdout.decode().splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--custos", required=True)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--sentences", type=int, default=50000)
    parser.add_argument("--least", type=float, default=0.999)
    parser.add_argument("--show", type=int, default=0)
    args = parser.parse_args()

    chosen = sample(args.data, args.sentences // 2)[: args.sentences]
    if not chosen:
        sys.exit(f"no text in {args.data}: give the folder of the unpacked packs")
    answers = ask_custos(args.custos, [text for _, text in chosen])
    nltk = NLTKWordTokenizer()
    counts, shown = {}, 0
    for (name, text), answer in zip(chosen, answers, strict=True):
        equal, total = counts.get(name, (0, 0))
        expected = nltk.tokenize(text)
        counts[name] = (equal + (expected == answer), total + 1)
        if expected != answer and shown < args.show:
            shown += 1
            print(f"- {text!r}\n  nltk   {expected}\n  custos {answer}")
    for name, (equal, total) in sorted(counts.items()):
        print(f"{name:10} {equal:7} of {total:7}  {equal / total:.5f}")
    equal = sum(e for e, _ in counts.values())
    total = sum(t for _, t in counts.values())
    print(f"{'all':10} {equal:7} of {total:7}  {equal / total:.5f}")
    return 0 if equal / total >= args.least else 1


if __name__ == "__main__":
    sys.exit(main())
