"""custos ingest against the seed pipeline in Python, on the same mail and as many cores; and memory against archive size.

usage: bench_ingest.py CUSTOS [--models DIR] [--rounds N] [--messages N] [--memory]

The seed pipeline: stdlib `email` (policy.default), three `re.sub`, NLTK's word tokenizer, pyarrow to Parquet (zstd), one
process a core. Custos does all its stages but embedding (tools/bench_encoder.py measures that) and stores encrypted originals and segments, whose messages.parquet is the
same table of record; once more with a Parquet sink, which writes that table a second time.
The mail is the Enron set where $CUSTOS_DATA has it, else mail made here. Rounds are interleaved; the ratio is taken
within each round. --memory makes an mbox of 200 MB and one of 2 GB and prints the peak memory of ingesting each.
"""
import argparse
import email
import email.policy
import multiprocessing
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import time

import nltk.tokenize.destructive
import pyarrow
import pyarrow.parquet

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCRATCH = ROOT / "build/bench"
PATTERNS = [(re.compile(r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b"), "[REDACTED-EMAIL]"),
            (re.compile(r"\b\d{3}-\d{2}-\d{4}\b"), "[REDACTED-SSN]"),
            (re.compile(r"\b\d{3}-\d{3}-\d{4}\b"), "[REDACTED-PHONE]")]
TOKENIZER = nltk.tokenize.destructive.NLTKWordTokenizer()


def seed_batch(messages):
    """The seed's per-message path for a batch; returns the columns of its table."""
    ids, texts, tokens = [], [], []
    for raw in messages:
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        try:
            body = parsed.get_body(preferencelist=("plain", "html"))
            text = body.get_content() if body is not None else ""
        except Exception:  # a peer is not measured on what it cannot read
            text = raw.decode("latin-1")
        for pattern, tag in PATTERNS:
            text = pattern.sub(tag, text)
        ids.append(str(parsed["message-id"]))
        texts.append(text)
        tokens.append(TOKENIZER.tokenize(text))
    return ids, texts, tokens


def seed_pipeline(messages, cores, target):
    batches = [messages[i:i + 500] for i in range(0, len(messages), 500)]
    writer = None
    with multiprocessing.Pool(cores) as pool:
        for ids, texts, tokens in pool.imap(seed_batch, batches):
            table = pyarrow.table({"id": ids, "redacted": [t.encode("utf-8", "replace").decode() for t in texts],
                                   "tokens": [[w.encode("utf-8", "replace").decode() for w in row] for row in tokens]})
            writer = writer or pyarrow.parquet.ParquetWriter(target, table.schema, compression="zstd")
            writer.write_table(table)
    writer.close()


def made_message(number, dice, words):
    body = []
    for line in range(dice.randint(20, 60)):
        body.append(" ".join(dice.choices(words, k=12)))
    text = "\n".join(body)
    return (f"From: Person {number % 997} <p{number % 997}@example.com>\nTo: q{number % 331}@example.org\n"
            f"Subject: note {number}\nDate: Tue, 14 May 2024 12:{number // 60 % 60:02}:{number % 60:02} +0000\n"
            f"Message-ID: <{number}.bench@example.com>\n\n{text}\ncall 555-123-{number % 10000:04} or p{number}@example.com\n").encode()


def made_words(dice):
    return ["".join(dice.choices("etaoinshrdlucmfwypvbgkjqxz", k=dice.randint(2, 10))) for _ in range(5000)]


def write_mbox(path, messages):
    with open(path, "wb") as file:
        for raw in messages:
            file.write(b"From bench@example.com Tue May 14 12:00:00 2024\n")
            file.write(re.sub(rb"(?m)^(>*From )", rb">\1", raw.replace(b"\r\n", b"\n")).rstrip(b"\n") + b"\n\n")


def bench_messages(count, made):
    enron = pathlib.Path(os.environ.get("CUSTOS_DATA", "/nonexistent")) / "enron"
    if enron.is_dir() and not made:
        paths = sorted(path for path in enron.glob("*/inbox/**/*") if path.is_file())[:count]
        return "the Enron set", [path.read_bytes() for path in paths]
    dice = random.Random(7)
    words = made_words(dice)
    return "made mail", [made_message(number, dice, words) for number in range(count)]


def ingest(program, models, mbox, sink):
    archive = SCRATCH / "archive"
    for folder in (archive, SCRATCH / "out"):
        shutil.rmtree(folder, ignore_errors=True)
    command = [program, "ingest", archive, mbox, "--no-embed", "--quiet"] + (["--models", models] if models else [])
    command += ["--sink", f"parquet={SCRATCH}/out"] if sink else []
    environment = dict(os.environ, CUSTOS_KEYS=str(SCRATCH / "keys"))
    start = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        sys.exit(f"custos ingest ended with {os.waitstatus_to_exitcode(status)}")
    return seconds, usage.ru_maxrss / 1024


def row(name, values, unit):
    print(f"{name:<34}{statistics.median(values):>12.1f}{min(values):>12.1f}{max(values):>12.1f}  {unit}")


def bench_speed(options):
    kind, messages = bench_messages(options.messages, options.made)
    size = sum(map(len, messages))
    mbox = SCRATCH / "bench.mbox"
    write_mbox(mbox, messages)
    cores = os.cpu_count()
    print(f"{len(messages)} messages, {size / 1e6:.1f} MB, {kind}; {cores} cores, {options.rounds} rounds, interleaved")
    ours, with_sink, theirs = [], [], []
    for _ in range(options.rounds):
        ours.append(ingest(options.custos, options.models, mbox, False)[0])
        with_sink.append(ingest(options.custos, options.models, mbox, True)[0])
        start = time.perf_counter()
        seed_pipeline(messages, cores, SCRATCH / "seed.parquet")
        theirs.append(time.perf_counter() - start)
    print(f"{'':<34}{'median':>12}{'min':>12}{'max':>12}")
    row("custos ingest", [len(messages) / s for s in ours], "messages/s")
    row("custos ingest", [size / 1e6 / s for s in ours], "MB/s")
    row("custos ingest, Parquet sink too", [len(messages) / s for s in with_sink], "messages/s")
    row("seed pipeline in Python", [len(messages) / s for s in theirs], "messages/s")
    row("ratio custos : seed", [b / a for a, b in zip(ours, theirs)], "times as fast (asked: 15)")
    row("ratio with the Parquet sink too", [b / a for a, b in zip(with_sink, theirs)], "times as fast")


def bench_memory(options):
    peaks = {}
    for megabytes in (200, 2000):
        mbox = SCRATCH / f"memory-{megabytes}.mbox"
        if not mbox.exists():
            dice = random.Random(megabytes)
            words = made_words(dice)
            with open(mbox, "wb") as file:
                number = 0
                while file.tell() < megabytes * 1_000_000:
                    file.write(b"From bench@example.com Tue May 14 12:00:00 2024\n" + made_message(number, dice, words) + b"\n")
                    number += 1
        seconds, peak = ingest(options.custos, options.models, mbox, False)
        peaks[megabytes] = peak
        print(f"{megabytes:>5} MB: peak memory {peak:.0f} MiB, {seconds:.1f} s, {megabytes / seconds:.1f} MB/s")
    print(f"ratio 2 GB : 200 MB = {peaks[2000] / peaks[200]:.2f} (asked: at most 1.3, and under 1024 MiB)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("custos")
    parser.add_argument("--models", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=30015)
    parser.add_argument("--made", action="store_true", help="mail made here, also where the Enron set is")
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    SCRATCH.mkdir(parents=True, exist_ok=True)
    bench_memory(options) if options.memory else bench_speed(options)


main()
