#!/usr/bin/env python3
"""Scores authored text against the reply mails of talon, github and zapier.

    tools/score_quotes.py --data QUOTES --wrap WRAPPED        # the bare texts as messages, with a header
    custos parse WRAPPED/*/*/* > parsed.jsonl
    tools/score_quotes.py --data QUOTES parsed.jsonl

Reads `custos parse` lines (one a file, in the order of --data's files, or with an "id" that ends in the file's name) and
prints a table of cases, and of what fails. The expected values follow from each project's own tests: which lines are
the author's. They are kept as rules over line numbers and patterns; no mail is copied here.

Exit code 0 where all pass, 1 where a case fails, 2 for wrong usage.
"""

import argparse
import json
import pathlib
import re
import sys

# Of talon's replies the author wrote one word; "signature" and quote go.
TALON = r"(?i)\s*hello\s*"

# For github and zapier: keep = patterns of lines that are the author's, gone = patterns of lines that are not.
# Each is searched for in the authored text, "^" being a line's beginning.
COMMON = {
    "correct_sig": {"keep": [r"correct -- signature"], "gone": [r"^rick", r"^-- ?$"]},
    "email_1_1": {"keep": [r"^Hi folks", r"HTTP API\.$"], "gone": [r"^-\w+ \w+$", r"_{20}", r"listinfo"]},
    "email_1_2": {"keep": [r"^Hi,", r"^You can list", r"^would do it", r"individually"], "gone": [r"^>", r"wrote:", r"_{20}"]},
    "email_1_3": {"keep": [r"^Oh thanks", r"would be great"], "gone": [r"^>", r"wrote:", r"_{20}", r"^-\w+ \w+$"]},
    "email_1_4": {"keep": [r"^Awesome"], "gone": [r"^>", r"wrote:"]},
    "email_1_5": {"whole": True},
    "email_1_6": {"keep": [r"proper rendering"], "gone": [r"^>", r"^On ", r"^<", r"wrote:"]},
    "email_1_7": {"keep": [r"^:\+1:"], "gone": [r"^>", r"^On ", r"wrote:"]},
    "email_1_8": {"keep": [r"^I will reply", r"^and under this"], "gone": [r"^>", r"wrote:", r"^--", r"my signature"]},
    "email_2_1": {"keep": [r"^Outlook with a reply"], "gone": [r"From:", r"Sent:", r"^Dear", r"-{20}"]},
    "email_2_2": {"keep": [r"^Outlook with a reply"], "gone": [r"From:", r"Sent:", r"A new comment", r"_{20}"]},
    "email_2_3": {"keep": [r"^Outlook with a reply"], "gone": [r"From:", r"Sent:", r"comment has been", r"New message"]},
    "email_BlackBerry": {"keep": [r"^Here is another"], "gone": [r"BlackBerry"]},
    "email_bullets": {"keep": [r"^test 2", r"how about bullets", r"and another"], "gone": [r"^>", r"wrote:", r"^\*\w+"]},
    "email_gmail": {"keep": [r"^This is a test"], "gone": [r"^On ", r"wrote:", r"^That way", r"receiving this"]},
    "email_headers_no_delimiter": {"keep": [r"^And another reply!"], "gone": [r"From:", r"^A reply", r"iPhone", r"second line"]},
    "email_iPhone": {"keep": [r"^Here is another"], "gone": [r"iPhone"]},
    "email_long_quote": {"keep": [r"^Hi folks", r"HTTP API\.$"], "gone": [r"^>", r"_{20}", r"listinfo"]},
    "email_multi_word_sent_from_my_mobile_device": {"keep": [r"^Here is another"], "gone": [r"Verizon"]},
    "email_one_is_not_on": {"keep": [r"^Thank", r"^One outstanding", r"^Locally"], "gone": [r"^>", r"wrote:"]},
    "email_partial_quote_header": {"keep": [r"^On your remote", r"telnet"], "gone": [r"^>", r"wrote:"]},
    "email_sent_from_my_not_signature": {"whole": True},
    "email_sig_delimiter_in_middle_of_line": {"whole": True},
    "greedy_on": {"keep": [r"^On your remote", r"telnet"], "gone": [r"^>", r"wrote:"]},
    "pathological": {"keep": [r"onto something", r"computer\.$"], "gone": [r"^>", r"wrote:"]},
}


def authored_text(record):
    text = record["text"].encode()
    spans = [(s["begin"], s["end"]) if isinstance(s, dict) else tuple(s) for s in record["authored"]]
    return b"".join(text[begin:end] for begin, end in spans).decode("utf-8", "replace")


def faults(path, record):
    """What is wrong with one case, in words that quote no mail."""
    authored = authored_text(record)
    if "standard_replies" in path.parts:
        return [] if re.fullmatch(TALON, authored) else [f"{len(authored.split())} words authored, 1 expected"]
    rules = COMMON.get(path.stem)
    if rules is None:
        return ["no rule for this file"]
    if rules.get("whole"):
        return [] if authored.strip() == record["text"].strip() else ["something was taken away"]
    found = [f"missing /{p}/" for p in rules["keep"] if not re.search(p, authored, re.M)]
    return found + [f"kept /{p}/" for p in rules["gone"] if re.search(p, authored, re.M)]


def match_records(files, records):
    """Pairs each file with its line: by the name in "id" where there is one, else by order."""
    by_name = {}
    for record in records:
        by_name.setdefault(str(record.get("id", "")), record)
    for index, path in enumerate(files):
        tail = "/".join(path.parts[-3:])
        named = next((r for key, r in by_name.items() if key.endswith(tail)), None)
        yield path, named if named else (records[index] if len(records) == len(files) else None)


def wrap(files, folder):
    """Copies the cases; most are bodies without a header, whose first line must not be read as one."""
    header = b"From: a@example.org\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
    header += b"Content-Transfer-Encoding: 8bit\n\n"
    for path in files:
        target = folder.joinpath(*path.parts[-3:])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes() if path.suffix == ".eml" else header + path.read_bytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=pathlib.Path, help="folder with github/ talon/ zapier/")
    parser.add_argument("--wrap", type=pathlib.Path, metavar="DIR", help="write the cases as messages to DIR, and stop")
    parser.add_argument("parsed", nargs="?", type=pathlib.Path, help="output of `custos parse`, files in sorted order")
    arguments = parser.parse_args()
    files = sorted(p for p in arguments.data.glob("*/*/*") if p.is_file())
    if not files:
        parser.error(f"no reply mails below {arguments.data}")
    if arguments.wrap:
        return wrap(files, arguments.wrap) or 0
    if arguments.parsed is None:
        parser.error("name the output of `custos parse`, or --wrap")
    records = [json.loads(line) for line in arguments.parsed.read_text().split("\n") if line.strip()]
    totals, failures = {}, []
    for path, record in match_records(files, records):
        project = path.parts[-3]
        passed, count = totals.get(project, (0, 0))
        wrong = faults(path, record) if record else ["not in the parsed lines"]
        totals[project] = (passed + (not wrong), count + 1)
        if wrong:
            failures.append((f"{project}/{path.name}", "; ".join(wrong)))
    print(f"{'project':<10}{'passed':>8}{'of':>6}")
    for project, (passed, count) in sorted(totals.items()):
        print(f"{project:<10}{passed:>8}{count:>6}")
    print(f"{'all':<10}{sum(p for p, _ in totals.values()):>8}{sum(c for _, c in totals.values()):>6}")
    for name, wrong in failures:
        print(f"FAILS {name}: {wrong}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
