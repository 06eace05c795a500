#!/usr/bin/env python3
"""`custos parse | custos thread` against the answers of IMAP servers (imaptest) and notmuch's default corpus.

    tools/score_threads.py --custos build/release/bin/custos --data DIR

DIR is the unpacked pack `threads`. imaptest's THREAD answers are compared as trees. The order of siblings is not
compared: it depends on the mailbox's arrival dates, which are no part of a message (unit tests check it). notmuch: its
own test suite counts 24 threads in its default corpus of 52 messages. Exit 1 when something differs.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

NOTMUCH_THREADS = 24


def parse_messages(custos, files):
    done = subprocess.run([custos, "parse", *map(str, files)], capture_output=True)
    messages = [json.loads(line) for line in done.stdout.decode().splitlines()]
    for number, message in enumerate(messages, 1):
        message["id"] = str(number)  # copies of one message have one id in the archive
    return messages


def ask_threads(custos, messages, algorithm):
    lines = "".join(json.dumps(message) + "\n" for message in messages)
    command = [custos, "thread", "--algorithm", algorithm]
    done = subprocess.run(command, input=lines.encode(), capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def tree(node, children):
    return (node, frozenset(tree(child, children) for child in children.get(node, ())))


def trees_of_answer(answer):
    """A set of threads; a thread is a set of trees, of more than one where their parent is missing."""
    children, tops = {}, {}
    for line in answer:
        if line["parent"] is None:
            tops.setdefault(line["thread"], []).append(line["id"])
        else:
            children.setdefault(line["parent"], []).append(line["id"])
    return {frozenset(tree(top, children) for top in members) for members in tops.values()}


def trees_of_imap(text):
    """"(3 2)(1)" in the form of trees_of_answer."""
    tokens = re.findall(r"[()]|\d+", text)
    place = 0

    def group():
        nonlocal place
        place += 1
        chain, branches = [], []
        while tokens[place] != ")":
            if tokens[place] == "(":
                branches.append(group())
            else:
                chain.append(tokens[place])
                place += 1
        place += 1
        below = frozenset(branch for some in branches for branch in some)
        for number in reversed(chain):
            below = frozenset([(number, below)])
        return below

    threads = set()
    while place < len(tokens):
        threads.add(group())
    return threads


def imaptest_steps(script):
    """(messages left, algorithm, expected) for each THREAD command; \\Deleted and EXPUNGE are followed."""
    steps, left, deleted, algorithm = [], None, set(), None
    for line in script.read_text().splitlines():
        if match := re.match(r"ok store (\d+) \+flags \\deleted", line, re.I):
            deleted.add(int(match[1]))
        elif line.lower().startswith("ok expunge"):
            left = deleted
        elif match := re.match(r"ok thread (\S+)", line, re.I):
            algorithm = match[1].lower()
        elif match := re.match(r"\* thread (.*)", line, re.I):
            steps.append((set(left or ()), algorithm, match[1]))
    return steps


def score_imaptest(custos, folder):
    right = total = 0
    for script in sorted(folder.glob("thread*")):
        if script.suffix:
            continue
        messages = parse_messages(custos, [script.with_suffix(".mbox")])
        for gone, algorithm, expected in imaptest_steps(script):
            kept = [dict(m) for m in messages if int(m["id"]) not in gone]
            for number, message in enumerate(kept, 1):
                message["id"] = str(number)
            answer = trees_of_answer(ask_threads(custos, kept, algorithm))
            equal = answer == trees_of_imap(expected)
            right, total = right + equal, total + 1
            print(f"imaptest {script.name:22} {algorithm:15} {'equal' if equal else 'DIFFERS'}  {expected}")
    return right == total and total > 0


def score_notmuch(custos, folder):
    files = sorted(p for p in folder.rglob("*") if p.is_file() and "," in p.name)
    messages = parse_messages(custos, files)
    seen, unique = set(), []
    for message in messages:  # notmuch keeps one message for a Message-ID
        if message["message_id"] not in seen:
            seen.add(message["message_id"])
            unique.append(message)
    good = True
    for algorithm in ("references", "custos"):
        count = len({line["thread"] for line in ask_threads(custos, unique, algorithm)})
        good = good and (algorithm != "custos" or count == NOTMUCH_THREADS)
        print(f"notmuch  {len(unique)} messages, {algorithm:11} {count} threads; notmuch has {NOTMUCH_THREADS}")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--custos", required=True)
    parser.add_argument("--data", required=True, type=Path)
    args = parser.parse_args()
    if not (args.data / "imaptest").is_dir():
        sys.exit(f"no imaptest in {args.data}: give the folder of the unpacked pack `threads`")
    imap = score_imaptest(args.custos, args.data / "imaptest")
    notmuch = score_notmuch(args.custos, args.data / "notmuch" / "default")
    return 0 if imap and notmuch else 1


if __name__ == "__main__":
    sys.exit(main())
