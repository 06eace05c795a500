#!/usr/bin/env python3
"""How far `custos parse` agrees with Python's `email` (policy.default) and with mime4j's expected output.

usage: compare_mime.py --parse "custos parse" [--mime4j DIR] NAME=PATH[:MAX]...

Each PATH is a folder of single messages (MAX of them at most, evenly spread). Prints Markdown tables with counts by class
of disagreement, and with --names the files of each class on stderr; never what a message says.
"""
import argparse
import collections
import email
import email.policy
import hashlib
import html
import json
import pathlib
import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

BATCH = 200


def parse_lines(command, paths):
    """One parsed message a file; a file that gives none or several is left out."""
    lines = {}
    for start in range(0, len(paths), BATCH):
        batch = paths[start:start + BATCH]
        out = run(command, batch)
        if len(out) == len(batch):
            lines.update(zip(batch, out))
            continue
        for path in batch:
            out = run(command, [path])
            if len(out) == 1:
                lines[path] = out[0]
    return lines


def run(command, paths):
    done = subprocess.run(command + [str(path) for path in paths], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]


def squeezed(text):
    return " ".join(text.replace("\u00a0", " ").replace("\x00", "\ufffd").split())


def words(text):
    return set(re.findall(r"\w+", text.lower()))


def as_windows_1252(text):
    """What stands for C1 controls in iso-8859-1 and for quotes, dashes and the euro sign in windows-1252."""
    return "".join(bytes([ord(c)]).decode("cp1252", "replace") if "\x80" <= c <= "\x9f" else c for c in text)


def stripped(page):
    page = re.sub(r"(?is)<!--.*?-->|<(script|style|head|title).*?</\1>", " ", page)
    return html.unescape(re.sub(r"(?s)<[^>]*>", " ", page))


# ---- Python's view
def python_body(message):
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return None, None
    return body.get_content_type(), body.get_content()


def python_attachments(message):
    """Names of the leaves that are attachments, not looking into attached messages."""
    names, waiting = [], [(message, False)]
    while waiting:
        part, resource = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            related = part.get_content_subtype() == "related"
            children = part.get_payload()
            waiting.extend((child, resource or (related and i > 0)) for i, child in reversed(list(enumerate(children))))
        elif resource or part.is_attachment() or part.get_content_type() not in ("text/plain", "text/html"):
            names.append(part.get_filename() or "")
    return names


def python_people(message, field):
    if message[field] is None:
        return []
    return sorted(f"{address.username}@{address.domain}".lower() for value in message.get_all(field) for address in value.addresses
                  if address.domain)


# ---- one class for each comparison
def text_class(ours, message):
    kind, theirs = python_body(message)
    if theirs is None:
        return "both empty" if not ours["text"].strip() else "only custos finds a body"
    if squeezed(ours["text"]) == squeezed(theirs):
        return "equal"
    if kind == "text/html":
        mine, other = words(ours["text"]), words(stripped(theirs))
        if not other or len(mine & other) >= 0.9 * len(other):
            return "HTML: 90 % of the words"
        return "HTML: fewer words"
    if not theirs.strip():
        return "plain text is empty, custos takes the HTML"
    if squeezed(as_windows_1252(theirs)) == squeezed(ours["text"]):
        return "iso-8859-1 is read as windows-1252"
    if "\ufffd" in theirs and "\ufffd" not in ours["text"]:
        return "Python cannot decode the charset"
    if any(d in ours["defects"] for d in ("charset-mismatch", "unknown-charset", "missing-charset")):
        return "charset label is wrong"
    if any(d in ours["defects"] for d in ("broken-base64", "broken-quoted-printable", "unknown-encoding")):
        return "transfer encoding is broken"
    if squeezed(theirs) in squeezed(ours["text"]):
        return "custos reads more inline parts or lines"
    flowed = (lambda text: re.sub(r"[\s>]", "", text))
    if flowed(theirs) == flowed(ours["text"]):
        return "format=flowed is joined"
    if any(d in ours["defects"] for d in ("no-headers", "broken-header", "missing-boundary", "missing-end-boundary", "cr-line-ends")):
        return "structure is broken"
    return "other"


def attachment_class(ours, message):
    theirs = python_attachments(message)
    inside = [part["part"] + "." for part in ours["parts"] if part["content_type"].startswith("message/") and "part" in part]
    mine = [part["name"] or "" for part in ours["parts"]
            if part.get("attachment") and not any(part["part"].startswith(prefix) for prefix in inside)]
    if mine == theirs:
        return "equal"
    if len(mine) != len(theirs):
        return "count: custos lists more" if len(mine) > len(theirs) else "count: custos lists fewer"
    if [squeezed(n) for n in mine] == [squeezed(n) for n in theirs]:
        return "name: blanks only"
    return "name: decoded otherwise"


def people_class(ours, message):
    worst = "equal"
    for field in ("from", "to", "cc"):
        theirs = python_people(message, field)
        mine = sorted(person["address"].lower() for person in ours[field] if "@" in person["address"])
        if set(mine) == set(theirs):
            continue
        if set(theirs) < set(mine):
            worst = "custos finds more"
        elif set(mine) < set(theirs):
            return "custos finds fewer"
        else:
            return "differs"
    return worst


VIEWS = {"body text": text_class, "attachments": attachment_class, "addresses": people_class}


def compare(command, paths, names):
    tables = {view: collections.Counter() for view in VIEWS}
    lines = parse_lines(command, paths)
    for path, ours in lines.items():
        try:
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        except Exception:  # the peer's own faults are a class of their own
            message = None
        for view, classify in VIEWS.items():
            try:
                found = "Python raises" if message is None else classify(ours, message)
            except Exception:
                found = "Python raises"
            tables[view][found] += 1
            if names and found not in ("equal", "both empty"):
                print(view, found, path, sep="\t", file=sys.stderr)
    return len(lines), tables


# ---- mime4j: X.msg with X_decoded.xml, whose bodies are files
def mime4j_bodies(path):
    tree = ElementTree.parse(path.with_name(path.stem + "_decoded.xml"))
    for element in tree.iter():
        if element.tag in ("text-body", "binary-body"):
            yield path.with_name(element.get("name")).read_bytes()


def lines_of(data):
    return data.replace(b"\r\n", b"\n").rstrip(b"\n")


def mime4j_class(ours, path):
    expected = list(mime4j_bodies(path))
    mine = [part for part in ours["parts"] if not part["content_type"].startswith("message/")]
    if len(expected) != len(mine):
        return "custos lists more leaves" if len(mine) > len(expected) else "custos lists fewer leaves"
    worst = "equal bytes"
    for part, data in zip(mine, expected):
        if part.get("sha256") == hashlib.sha256(data).hexdigest():
            continue
        text = squeezed(part.get("text", ""))
        if text and text == squeezed(data.decode("utf-8", "replace")):
            worst = "equal but for line ends"
        elif abs(part["bytes"] - len(data)) <= max(2, data.count(b"\n")):
            worst = "equal but for line ends" if worst == "equal bytes" else worst
        else:
            return "content differs"
    return worst


def compare_mime4j(command, folder, names):
    paths = sorted(path for path in folder.rglob("*.msg") if path.with_name(path.stem + "_decoded.xml").exists())
    table = collections.Counter()
    for path, ours in parse_lines(command, paths).items():
        try:
            found = mime4j_class(ours, path)
        except (ElementTree.ParseError, OSError):
            found = "expected output cannot be read"
        table[found] += 1
        if names and not found.startswith("equal"):
            print("mime4j", found, path, sep="\t", file=sys.stderr)
    return table


def sample(argument):
    name, _, rest = argument.partition("=")
    folder, _, most = rest.partition(":")
    paths = sorted(path for path in pathlib.Path(folder).rglob("*") if path.is_file() and path.stat().st_size > 0)
    step = max(1, len(paths) // int(most)) if most else 1
    return name, paths[::step]


def print_table(view, columns, tables):
    print(f"\n### {view}\n\n| | " + " | ".join(columns) + " |\n|---|" + "---:|" * len(columns))
    classes = sorted({key for table in tables for key in table}, key=lambda key: (key != "equal", key))
    for key in classes:
        print(f"| {key} | " + " | ".join(str(table.get(key, 0)) for table in tables) + " |")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--parse", required=True, help='the command, as "build/release/bin/custos parse"')
    options.add_argument("--mime4j", type=pathlib.Path, help="folder with mime4j's .msg files and expected output")
    options.add_argument("--names", action="store_true", help="name the files that disagree, on stderr")
    options.add_argument("corpora", nargs="*", metavar="NAME=PATH[:MAX]")
    chosen = options.parse_args()
    command = shlex.split(chosen.parse)
    results = [(name, *compare(command, paths, chosen.names)) for name, paths in map(sample, chosen.corpora)]
    for view in VIEWS:
        print_table(view, [f"{name} ({count})" for name, count, _ in results], [tables[view] for _, _, tables in results])
    if chosen.mime4j:
        table = compare_mime4j(command, chosen.mime4j, chosen.names)
        print_table("mime4j's expected output", [f"messages ({sum(table.values())})"], [table])


if __name__ == "__main__":
    main()
