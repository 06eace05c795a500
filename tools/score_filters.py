"""Search within filters that leave about 1 % of an archive, compared with an exhaustive look at what they leave.

usage: score_filters.py CUSTOS ARCHIVE [--models DIR] [--filters N] [--queries N]

ARCHIVE was ingested with the embedding model. From its exported table the persons and the months are taken whose share
of the messages is nearest to 1 %. For each such filter:
  --all        must list exactly the messages that the table says;
  vector mode  must list, best first, what embedding every chunk of those messages anew and comparing all of them gives:
               each score within TOLERANCE of the exhaustive one, and no message left out that is better by more;
  keyword mode must list exactly those of them that keyword search over the whole archive lists with the same words.
Queries are subjects of messages of the archive, taken by chance. Prints one line a kind; exits 1 naming what differs,
by number and filter, never by text.
"""
import argparse
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import numpy

TOLERANCE = 0.004  # vectors are kept as int8 with a scale
LIMIT = 50


def custos(options, *arguments, lines=None):
    command = [options.custos, *arguments] + (["--models", options.models] if options.models else [])
    done = subprocess.run(list(map(str, command)), input=lines, stdout=subprocess.PIPE, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"custos {arguments[0]} ended with {done.returncode}")
    return done.stdout


def search(options, query, mode, limit, where):
    lines = json.dumps({"id": 0, "query": query}).encode()
    return json.loads(custos(options, "search", options.archive, "--queries", "-", "--json", "--mode", mode, "--limit",
                             limit, "--set", "search.fold=false", *where, lines=lines))


def listed(options, name, where):
    """Ids of every match."""
    answer = json.loads(custos(options, "search", options.archive, "", "--all", "--json", *where))
    ids = {result["id"] for result in answer["results"]}
    if answer["total"] != len(ids):
        sys.exit(f"{name}: total is {answer['total']}, results are {len(ids)}")
    return ids


def next_month(month):
    year, number = map(int, month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02}"


def read_rows(options, scratch):
    custos(options, "export", options.archive, scratch / "table", "--format", "jsonl", "--quiet", "--set",
           "sink.mask_participants=false")
    return {row["id"]: row for row in map(json.loads, open(scratch / "table/messages.jsonl"))}


def filters_of(rows, count):
    """(name to print, options of the search, ids) for the persons and months nearest to 1 % of all messages."""
    people, months = {}, {}
    for one, row in rows.items():
        for person in row.get("from", []):
            if re.fullmatch(r"[a-z0-9._-]+@[a-z0-9.-]+", person["address"]):
                people.setdefault(person["address"], set()).add(one)
        if row.get("date"):
            months.setdefault(row["date"][:7], set()).add(one)
    wanted = len(rows) / 100

    def nearest(groups):
        return sorted(groups.items(), key=lambda item: abs(len(item[1]) - wanted))[:count]

    found = []
    for number, (address, _) in enumerate(nearest(people), 1):
        # A filter matches parts of addresses, so the address may be in longer ones.
        ids = set().union(*(ids for other, ids in people.items() if address in other))
        found.append((f"person {number}", ("--from", address), ids))
    for month, ids in nearest(months):
        found.append((month, ("--after", f"{month}-01", "--before", f"{next_month(month)}-01"), ids))
    return found


def chunk_texts(row):
    whole = row["redacted"].encode()
    for chunk in row["chunks"]:
        part = row["parts"][chunk["part"]]
        text = whole[part["begin"]:part["end"]] if part["text"] is None else part["text"].encode()
        yield text[chunk["begin"]:chunk["end"]].decode()


def embedded(options, texts):
    lines = "".join(json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(texts)).encode()
    return numpy.array([json.loads(line)["vector"] for line in custos(options, "embed", lines=lines).splitlines()])


def check_vectors(options, rows, name, where, ids, queries):
    owners, texts = [], []
    for one in sorted(ids):
        for text in chunk_texts(rows[one]):
            owners.append(one)
            texts.append(text)
    vectors = embedded(options, texts)
    for number, query in enumerate(queries):
        cosines = vectors @ embedded(options, [query])[0]
        best = {}
        for owner, cosine in zip(owners, cosines):
            best[owner] = max(best.get(owner, -1), cosine)
        results = search(options, query, "vector", LIMIT, where)["results"]
        if len(results) != min(LIMIT, len(best)):
            sys.exit(f"{name}, query {number}: {len(results)} results by meaning, {min(LIMIT, len(best))} expected")
        for result in results:
            if result["id"] not in best or abs(result["score"] - best[result["id"]]) > TOLERANCE:
                sys.exit(f"{name}, query {number}: {result['id']} does not score what comparing all gives")
        worst = min(result["score"] for result in results)
        missed = set(best) - {result["id"] for result in results}
        if any(best[one] > worst + TOLERANCE for one in missed):
            sys.exit(f"{name}, query {number}: a nearer message was left out")


def check_words(options, rows, name, where, ids, queries):
    for number, query in enumerate(queries):
        as_many = ("--set", f"search.candidates={len(rows)}")
        everywhere = {result["id"] for result in search(options, query, "keyword", len(rows), as_many)["results"]}
        answer = search(options, query, "keyword", len(rows), (*where, *as_many))
        within = {result["id"] for result in answer["results"]}
        if within != everywhere & ids or answer["total"] != len(within):
            sys.exit(f"{name}, query {number}: {len(within)} results by word, {len(everywhere & ids)} expected")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("custos")
    parser.add_argument("archive", type=pathlib.Path)
    parser.add_argument("--models", default=os.environ.get("CUSTOS_MODELS", ""))
    parser.add_argument("--filters", type=int, default=3, help="of each kind")
    parser.add_argument("--queries", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = read_rows(options, pathlib.Path(folder))
    filters = filters_of(rows, options.filters)
    words = (" ".join(re.findall(r"[A-Za-z]{3,}", row["subject"])) for row in rows.values())
    queries = random.Random(1).sample(sorted({text for text in words if 2 <= len(text.split()) <= 8}), options.queries)
    for name, where, ids in filters:
        if listed(options, name, where) != ids:
            sys.exit(f"{name}: --all does not list what the table has")
        check_vectors(options, rows, name, where, ids, queries)
        check_words(options, rows, name, where, ids, queries)
        print(f"{name}: {len(ids)} of {len(rows)} messages ({100 * len(ids) / len(rows):.2f} %): equal in "
              f"{len(queries)} queries of each mode", flush=True)


main()
