"""How long a search takes: inside the process for each mode, and from the start of the command to its first result.

usage: bench_search.py CUSTOS [--models DIR] [--queries N] [--starts N] [--archive DIR]

The mail is the Enron set where $CUSTOS_DATA has it, with the subject lines that people gave its messages as queries; else
mail made here, with words of it as queries. It is ingested once, into build/bench/search.custos; delete the folder
to have it made anew. Times inside the process are `took_ms` of `custos search --queries`, one query after the other,
embedding the query included; the first queries warm up and are not counted.
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCRATCH = ROOT / "build/bench"
ASKED = {"p50": 15.0, "p99": 60.0, "start": 400.0}
WARM_UP = 50


def environment():
    return dict(os.environ, CUSTOS_KEYS=str(SCRATCH / "search-keys"))


def enron():
    folder = pathlib.Path(os.environ.get("CUSTOS_DATA", "/nonexistent")) / "enron"
    return folder if (folder / "known_item.jsonl").is_file() else None


def made_source(count):
    """An mbox of mail in invented words, and queries of some of them."""
    dice = random.Random(11)
    words = ["".join(dice.choices("etaoinshrdlucmfwypvbgkjqxz", k=dice.randint(2, 10))) for _ in range(4000)]
    weights = [1 / (rank + 1) for rank in range(len(words))]
    source = SCRATCH / "search.mbox"
    with open(source, "w") as file:
        for number in range(count):
            text = "\n".join(" ".join(dice.choices(words, weights, k=12)) for _ in range(dice.randint(2, 12)))
            file.write(f"From bench@example.com Tue May 14 12:00:00 2024\nFrom: p{number % 97}@example.com\n"
                       f"Subject: note {number}\nMessage-ID: <{number}.search@example.com>\n\n{text}\n\n")
    return source, [" ".join(dice.choices(words[20:], k=dice.randint(2, 6))) for _ in range(500)]


def plain(query):
    """Without the operators of the query language."""
    for character in '"()*:=':
        query = query.replace(character, " ")
    words = (word.lstrip("+-") for word in query.split())
    return " ".join(word.lower() if word in ("AND", "OR", "NOT") or word.startswith("NEAR") else word for word in words)


def source_and_queries(options):
    folder = enron()
    if folder is None:
        return made_source(options.made)
    queries = [subject for line in open(folder / "known_item.jsonl") for subject in json.loads(line)["human_subjects"]]
    return folder, [text for text in map(plain, queries) if text]


def ingest(options, archive, source):
    if (archive / "catalog.sqlite").exists():
        return
    print(f"ingesting {'the Enron set' if enron() else 'made mail'} into {os.path.relpath(archive)}; once", flush=True)
    start = time.perf_counter()
    command = [options.custos, "ingest", archive, source, "--profile"] + model_option(options)
    done = subprocess.run(list(map(str, command)), env=environment())
    if done.returncode not in (0, 3):
        sys.exit(f"custos ingest ended with {done.returncode}")
    print(f"ingested in {time.perf_counter() - start:.0f} s", flush=True)


def model_option(options):
    return ["--models", options.models] if options.models else []


def took(options, archive, queries, mode):
    lines = "".join(json.dumps({"id": number, "query": query}) + "\n" for number, query in enumerate(queries))
    command = [options.custos, "search", archive, "--queries", "-", "--json", "--mode", mode] + model_option(options)
    done = subprocess.run(list(map(str, command)), input=lines.encode(), env=environment(), stdout=subprocess.PIPE)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode not in (0, 3) or len(answers) != len(queries):
        sys.exit(f"custos search ended with {done.returncode}, {len(answers)} answers to {len(queries)} queries")
    times = sorted(answer["took_ms"] for answer in answers[WARM_UP:])
    return times, sum(not answer["results"] for answer in answers)


def start_to_first_result(options, archive, query, mode):
    """Milliseconds from the start of the process to the first byte on its stdout."""
    command = [options.custos, "search", archive, query, "--mode", mode, "--json", "--limit", "10"] + model_option(options)
    start = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), env=environment(), stdout=subprocess.PIPE)
    process.stdout.read(1)
    milliseconds = 1000 * (time.perf_counter() - start)
    process.stdout.read()
    process.wait()
    return milliseconds


def verdict(value, asked):
    return f"asked: {asked:g}" + ("" if value <= asked else "  MISSED")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("custos")
    parser.add_argument("--models", default="")
    parser.add_argument("--archive", type=pathlib.Path, default=SCRATCH / "search.custos")
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--starts", type=int, default=9)
    parser.add_argument("--made", type=int, default=3000, help="messages of made mail")
    options = parser.parse_args()
    SCRATCH.mkdir(parents=True, exist_ok=True)
    source, queries = source_and_queries(options)
    queries = random.Random(5).sample(queries, min(options.queries + WARM_UP, len(queries)))
    ingest(options, options.archive, source)
    status = json.loads(subprocess.run([options.custos, "status", options.archive, "--json"], env=environment(),
                                       stdout=subprocess.PIPE, check=True).stdout)
    print(f"{status['stored']} messages, {status['chunks']} passages, {status['vectors']} vectors, {status['segments']} segments; "
          f"{len(queries) - WARM_UP} queries a mode; milliseconds")
    print(f"{'':<10}{'p50':>8}{'p90':>8}{'p99':>8}{'most':>8}{'start':>8}   start: of the command to its first byte, median")
    good = True
    for mode in ("keyword", "vector", "hybrid"):
        times, empty = took(options, options.archive, queries, mode)
        starts = [start_to_first_result(options, options.archive, queries[i % len(queries)], mode) for i in range(options.starts)]
        p50, p99, start = times[len(times) // 2], times[len(times) * 99 // 100], statistics.median(starts)
        print(f"{mode:<10}{p50:>8.1f}{times[len(times) * 9 // 10]:>8.1f}{p99:>8.1f}{times[-1]:>8.1f}{start:>8.0f}   {empty} queries found nothing", flush=True)
        if mode == "hybrid":
            print(f"hybrid p50 {p50:.1f} ({verdict(p50, ASKED['p50'])}), p99 {p99:.1f} ({verdict(p99, ASKED['p99'])}), "
                  f"start {start:.0f} ({verdict(start, ASKED['start'])})")
            good = p50 <= ASKED["p50"] and p99 <= ASKED["p99"] and start <= ASKED["start"]
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
