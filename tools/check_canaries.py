"""Looks for planted values in every file of an archive outside originals/, and in other files named.

usage: check_canaries.py CANARIES.json PATH…

Each file is read as bytes; SQLite is read cell by cell, Parquet column by column, JSON value by value, postings term by
term, and whatever is compressed by zstd is inflated. In the bytes a
value is looked for as it is, in UTF-16, in hexadecimal and in Base64; in what was decoded also without its separators,
percent-decoded, in any case, and in part: eight letters or digits in a row are enough. Prints where each is, without the
value; exits 1 when there is one, or when a harmless marker word was not found where it should be, which shows that the
search sees what is there.
"""
import argparse
import base64
import collections
import ctypes
import ctypes.util
import itertools
import json
import pathlib
import re
import sqlite3
import struct
import sys
import unicodedata
import urllib.parse

import pyarrow.parquet

GRAM = 8
SHOWN_MAX = 200
CELL_END = "\0"
DIGEST = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{24,64}(?![0-9A-Za-z])")


def secrets_of(canary):
    """What of a value nobody else has: a key's lines, a link's credentials, a token's payload."""
    kind, value = canary["type"], canary["value"]
    if kind == "PRIVATE_KEY":
        return value.split("\n")[1:-1]
    if kind == "URL":
        return [value.split("//")[1].split("@")[0].split(":")[1]]
    if kind == "JWT":
        return value.split(".")[1:]
    if kind == "EMAIL":
        return [value.removesuffix(".example")]
    return [value]


def squeezed(text):
    return re.sub(r"[^\w\0]|_", "", unicodedata.normalize("NFKC", text).lower())


def base64_forms(data):
    """What stays of the Base64 of data wherever it begins in a longer text."""
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + data).rstrip(b"=")
        yield coded[(0, 2, 3)[shift]:len(coded) - (1 if (len(data) + shift) % 3 else 0)]


class Search:
    def __init__(self, canaries):
        self.canaries, self.found = canaries, collections.OrderedDict()
        self.grams, self.short, self.coded = {}, [], []
        for canary in canaries:
            for secret in secrets_of(canary):
                self.add(canary, secret)

    def add(self, canary, secret):
        plain = squeezed(secret)
        if len(plain) < GRAM:
            self.short.append((re.compile(rf"(?<!\w){re.escape(secret)}(?!\w)"), canary))
        for gram in {plain[at:at + GRAM] for at in range(len(plain) - GRAM + 1)}:
            # What two values share, a country's prefix say, tells of neither.
            self.grams[gram] = None if gram in self.grams else canary
        data = secret.encode()
        forms = [data.hex().encode(), data.hex().upper().encode(), *base64_forms(data)]
        self.coded += [(form, "encoded", canary) for form in forms if len(form) >= GRAM]
        if len(plain) >= GRAM:
            self.coded += [(data, "plain", canary), (secret.encode("utf-16-le"), "utf-16", canary)]

    def note(self, canary, where, form):
        self.found.setdefault((canary["type"], canary["place"], where, form), 0)
        self.found[canary["type"], canary["place"], where, form] += 1

    def in_bytes(self, data, where):
        for form, name, canary in self.coded:
            if form in data:
                self.note(canary, where, name)

    def in_text(self, text, where):
        self.in_bytes(text.encode("utf-8", "replace"), where)
        for pattern, canary in self.short:
            if pattern.search(text):
                self.note(canary, where, "plain")
        seen = set()
        # Among thousands of digests, eight digits in a row are there by chance.
        text = DIGEST.sub(CELL_END, text)
        for form in {text, urllib.parse.unquote_plus(text)}:
            plain = squeezed(form)
            for at in range(len(plain) - GRAM + 1):
                canary = self.grams.get(plain[at:at + GRAM])
                if canary is not None and id(canary) not in seen:
                    seen.add(id(canary))
                    self.note(canary, where, "in part or without separators")


def leaves(value, path=""):
    """(where, text) of each value in nested lists and records."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from leaves(inner, path)
    elif isinstance(value, bytes):
        yield path, value.decode("latin-1")
    elif isinstance(value, str):
        yield path, value


def sqlite_cells(path):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        cursor = connection.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in cursor.description]
        for row in cursor:
            yield from ((f"{table}.{where}", text) for name, cell in zip(names, row) for where, text in leaves(cell, name))
    connection.close()


def parquet_cells(path):
    table = pyarrow.parquet.read_table(path)
    for key, value in (table.schema.metadata or {}).items():
        yield "metadata", f"{key.decode()}={value.decode('utf-8', 'replace')}"
    for name in table.column_names:
        for value in table.column(name).to_pylist():
            yield from leaves(value, name)


def json_cells(path):
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        values = [json.loads(text)]
    except ValueError:
        values = [json.loads(line) for line in text.splitlines() if line.strip()]
    for value in values:
        yield from leaves(value)


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return value, at


def postings_terms(data):
    """The keys of the dictionary (docs/keyword-index.md), prefixes put back."""
    begin, size = struct.unpack_from("<QQ", data, len(data) - 208 + 2 * 16)
    at, key = begin, b""
    while at < begin + size:
        shared, added = data[at], data[at + 1]
        key = key[:shared] + data[at + 2:at + 2 + added]
        at += 2 + added
        for _ in range({0: 3, 1: 4}.get(key[0], 2)):
            _, at = varint(data, at)
        yield "terms", key[1:].decode("utf-8", "replace")


def inflated(data):
    """Every zstd frame in the bytes."""
    zstd = ctypes.CDLL(ctypes.util.find_library("zstd"))
    for name in ("ZSTD_findFrameCompressedSize", "ZSTD_getFrameContentSize", "ZSTD_decompress"):
        getattr(zstd, name).restype = ctypes.c_size_t
    at = data.find(b"\x28\xb5\x2f\xfd")
    while at >= 0:
        rest = data[at:]
        taken = zstd.ZSTD_findFrameCompressedSize(rest, ctypes.c_size_t(len(rest)))
        plain = zstd.ZSTD_getFrameContentSize(rest, ctypes.c_size_t(len(rest)))
        if taken <= len(rest) and plain < 1 << 30:
            out = ctypes.create_string_buffer(plain)
            done = zstd.ZSTD_decompress(out, ctypes.c_size_t(plain), rest, ctypes.c_size_t(taken))
            if done == plain:
                yield "inflated", out.raw.decode("utf-8", "replace")
        at = data.find(b"\x28\xb5\x2f\xfd", at + 4)


def cells_of(path):
    data = path.read_bytes()
    head = data[:16]
    if head.startswith(b"SQLite format 3"):
        return sqlite_cells(path)
    if head.startswith(b"PAR1"):
        return parquet_cells(path)
    if path.suffix in (".json", ".jsonl"):
        return json_cells(path)
    if data.endswith(b"CUTSPOST"):
        return postings_terms(data)
    return itertools.chain([("text", data.decode("utf-8", "replace"))], inflated(data))


def files_of(root):
    if root.is_file():
        return [root]
    return sorted(p for p in root.rglob("*") if p.is_file() and p.relative_to(root).parts[0] != "originals")


def read_archive(roots, search, words):
    """Searches all files; which marker words were seen, and how many files and cells there were."""
    seen, files, cells = set(), 0, 0
    for root in roots:
        for path in files_of(root):
            files += 1
            name = str(path.relative_to(root.parent if root.is_file() else root))
            search.in_bytes(path.read_bytes(), name)
            columns = collections.defaultdict(list)
            for where, text in cells_of(path):
                columns[where].append(text)
            for where, texts in columns.items():
                cells += len(texts)
                joined = CELL_END.join(texts)
                search.in_text(joined, f"{name}: {where}")
                seen |= {word for word in words if word in joined}
    return seen, files, cells


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("canaries", type=pathlib.Path)
    parser.add_argument("paths", nargs="+", type=pathlib.Path)
    args = parser.parse_args()
    book = json.loads(args.canaries.read_text(encoding="utf-8"))
    search = Search(book["canaries"])
    words = {marker["word"]: marker for marker in book["markers"]}
    seen, files, cells = read_archive(args.paths, search, words)
    for kind, place, where, form in list(search.found)[:SHOWN_MAX]:
        print(f"LEAK {kind} planted in {place}: {where} ({form})")
    leaked = {(kind, place) for kind, place, _, _ in search.found}
    lost = [marker["place"] for word, marker in words.items() if marker["must"] and word not in seen]
    for place in lost:
        print(f"LOST the marker of {place} is in no file")
    print(f"{len(leaked)} of {len(book['canaries'])} canaries found in {files} files, {cells} cells; "
          f"{len(words) - len([w for w in words if w not in seen])} of {len(words)} markers found")
    return 1 if leaked or lost else 0


if __name__ == "__main__":
    sys.exit(main())
