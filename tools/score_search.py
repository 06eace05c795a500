"""Retrieval by `custos search`: known items in the Enron set, and cranfield, for each mode.

usage: score_search.py CUSTOS DATA [--models DIR] [--only enron|cranfield] [--archive DIR] [--peers PYTHON] [--set K=V]

Enron: each message of known_item.jsonl was given subject lines by people; a query is one of those lines, its answer that
message, or another one with the same body (Subject headers are not indexed: index.subject=false). Queries are split in
two halves by their number: settings are chosen on the even half, the odd half is what counts.
Cranfield: 225 questions, judged documents; nDCG@10 with binary gains.
--archive keeps the archive between runs. --peers: a Python that has bm25s and sentence-transformers, which answer the
same cranfield questions.
"""
import argparse
import email
import hashlib
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

MODES = ("keyword", "vector", "hybrid")
LEAST = {"keyword": 0.56, "hybrid": 0.60}  # MRR@10 of known items, odd half


def plain(query):
    """A query without the operators of the query language: words as they are."""
    words = re.sub(r'["()*:=]', " ", query).split()
    words = [re.sub(r"^[-+]+", "", word) for word in words]
    return " ".join(word.lower() if word in ("AND", "OR", "NOT") or word.startswith("NEAR") else word for word in words)


def run_custos(options, archive, queries, mode, limit):
    lines = "".join(json.dumps({"id": number, "query": plain(text)}) + "\n" for number, text in enumerate(queries))
    command = [options.custos, "search", archive, "--queries", "-", "--json", "--mode", mode, "--limit", str(limit)]
    command += ["--set", "search.fold=false"] + [part for one in options.set for part in ("--set", one)]
    command += ["--models", options.models] if options.models else []
    done = subprocess.run(list(map(str, command)), input=lines.encode(), stdout=subprocess.PIPE, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"custos search ended with {done.returncode}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def ingest(options, archive, source):
    if (archive / "catalog.sqlite").exists():
        return
    command = [options.custos, "ingest", archive, source, "--set", "index.subject=false", "--quiet"]
    command += ["--models", options.models] if options.models else []
    start = time.perf_counter()
    subprocess.run(list(map(str, command)), check=False, stdout=subprocess.DEVNULL)
    print(f"ingested in {time.perf_counter() - start:.0f} s")


def body_keys(folder):
    """Path below `folder` -> a hash of the body, so that exact copies are one item."""
    keys = {}
    for path in folder.glob("*/inbox/**/*"):
        if path.is_file():
            body = email.message_from_bytes(path.read_bytes()).get_payload()
            if isinstance(body, str):
                keys[str(path.relative_to(folder))] = hashlib.md5(" ".join(body.split()).encode("utf8", "replace")).digest()
    return keys


def rank_of(answer, want, keys):
    """The rank of the wanted body among the distinct bodies of the results, or infinity."""
    seen = []
    for result in answer["results"]:
        bodies = {keys.get(place["path"]) for place in result["places"]}
        if want in bodies:
            return len(seen) + 1
        if not bodies & set(seen[-3:]):
            seen.append(next(iter(bodies)))
    return math.inf


def known_item_row(name, ranks):
    mrr = sum(1 / rank for rank in ranks if rank <= 10) / len(ranks)
    shares = [sum(rank <= limit for rank in ranks) / len(ranks) for limit in (1, 10, 100)]
    print(f"{name:<28}{mrr:8.3f}" + "".join(f"{share:8.3f}" for share in shares), flush=True)
    return mrr


def score_enron(options, scratch):
    folder = options.data / "enron"
    archive = options.archive or scratch / "enron"
    ingest(options, archive, folder)
    keys = body_keys(folder)
    queries, gold = [], []
    for line in open(folder / "known_item.jsonl"):
        item = json.loads(line)
        for subject in item["human_subjects"]:
            if item["raw"] in keys:
                queries.append(subject)
                gold.append(keys[item["raw"]])
    print(f"known items: {len(queries)} queries, {len(set(keys.values()))} distinct bodies")
    print(f"{'':<28}{'MRR@10':>8}{'R@1':>8}{'R@10':>8}{'R@100':>8}")
    good = True
    for mode in MODES:
        answers = run_custos(options, archive, queries, mode, 150)
        ranks = [rank_of(answer, want, keys) for answer, want in zip(answers, gold)]
        took = sorted(answer["took_ms"] for answer in answers)
        known_item_row(f"{mode}, all", ranks)
        known_item_row(f"{mode}, even half", ranks[0::2])
        mrr = known_item_row(f"{mode}, odd half", ranks[1::2])
        print(f"{'':<28}p50 {took[len(took) // 2]:.1f} ms, p99 {took[len(took) * 99 // 100]:.1f} ms at 150 results")
        good = good and mrr >= LEAST.get(mode, 0)
    return good


def cranfield(folder):
    def entries(name):
        for entry in re.split(r"(?m)^\.I +", (folder / name).read_text())[1:]:
            yield entry.split("\n", 1)[0].strip(), " ".join(re.split(r"(?m)^\.W\n", entry)[-1].split())
    relevant = {}
    for line in open(folder / "cranqrel"):
        query, document, code = line.split()
        if int(code) > 0:
            relevant.setdefault(int(query), set()).add(document)
    return dict(entries("cran.all.1400")), [text for _, text in entries("cran.qry")], relevant


def ndcg(rankings, relevant):
    total = 0
    for number, ranking in enumerate(rankings, 1):
        want = relevant.get(number, set())
        gain = sum(1 / math.log2(place + 2) for place, name in enumerate(ranking[:10]) if name in want)
        total += gain / sum(1 / math.log2(place + 2) for place in range(min(10, len(want)))) if want else 0
    return total / len(rankings)


def score_cranfield(options, scratch):
    documents, queries, relevant = cranfield(options.data / "retrieval/cranfield")
    source = scratch / "cranfield.jsonl"
    source.write_text("".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in documents.items()))
    archive = scratch / "cranfield"
    ingest(options, archive, source)
    print(f"cranfield: {len(documents)} documents, {len(queries)} queries; nDCG@10")
    for mode in MODES:
        answers = run_custos(options, archive, queries, mode, 10)
        print(f"  custos {mode:<20}{ndcg([[r['id'] for r in a['results']] for a in answers], relevant):.4f}", flush=True)
    if options.peers:
        program = pathlib.Path(__file__).with_name("ask_search_peers.py")
        model = [pathlib.Path(options.models) / "all-MiniLM-L6-v2"] if options.models else []
        asked = subprocess.run([options.peers, program, *model], stdout=subprocess.PIPE, check=True,
                               input=json.dumps({"documents": documents, "queries": queries}).encode())
        for name, rankings in json.loads(asked.stdout).items():
            print(f"  {name:<27}{ndcg(rankings, relevant):.4f}")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("custos")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--models", default=os.environ.get("CUSTOS_MODELS", ""))
    parser.add_argument("--only", choices=("enron", "cranfield"))
    parser.add_argument("--archive", type=pathlib.Path)
    parser.add_argument("--peers")
    parser.add_argument("--set", action="append", default=[])
    options = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("CUSTOS_KEYS", folder + "/keys")
        if options.only != "cranfield":
            good = score_enron(options, pathlib.Path(folder)) and good
        if options.only != "enron":
            good = score_cranfield(options, pathlib.Path(folder)) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
