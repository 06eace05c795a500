"""Ingests a SOURCE while killing the process at random, resumes, and checks that the result is what one quiet run gives.

usage: kill_and_resume.py CUSTOS SOURCE KILLS [SEED] [--embed]

Commits are small and segments are merged, so that kills fall there too. --embed: with vectors, and with the model.

Prints one line, exits 1 when the archives differ or do not verify.
"""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

# Small commits, so that kills fall between, inside and after them.
SMALL = ["--set", "pipeline.segment_messages=16", "--set", "pipeline.batch_documents=4", "--quiet"]


def run(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)


def ledger(program, archive, folder):
    """What the archive says, independent of when it was committed. Pseudonyms depend on its key: participants plain."""
    for command in (["verify", archive], ["export", archive, folder, "--format", "jsonl", "--set", "sink.mask_participants=false"]):
        done = run(program, *command)
        if done.returncode != 0:
            sys.exit(f"custos {command[0]} failed with {done.returncode}:\n{done.stdout}{done.stderr}")
    status = json.loads(run(program, "status", archive, "--json").stdout)
    del status["segments"]
    rows = [json.loads(line) for line in open(folder / "messages.jsonl")]
    return status, rows


def sink_ids(folder):
    import pyarrow.parquet
    return sorted(pyarrow.parquet.read_table(folder, columns=["id"])["id"].to_pylist())


def main():
    words = [word for word in sys.argv[1:] if word != "--embed"]
    if len(words) == len(sys.argv) - 1:
        SMALL.append("--no-embed")
    program, source, kills = words[0], words[1], int(words[2])
    seed = int(words[3]) if len(words) > 3 else random.randrange(1 << 30)
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        os.environ["CUSTOS_KEYS"] = f"{folder}/keys"
        start = time.monotonic()
        done = run(program, "ingest", folder / "quiet", source, *SMALL)
        seconds = time.monotonic() - start
        if done.returncode != 0:
            sys.exit(f"a quiet run failed with {done.returncode}: {done.stderr}")
        killed = 0
        command = [program, "ingest", str(folder / "killed"), source, *SMALL, "--sink", f"parquet={folder}/out"]
        while killed < kills:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(timeout=dice.uniform(0.02, seconds * 0.9))
                break  # done before it could be killed
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                killed += 1
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"seed {seed}: the last run failed with {done.returncode}: {done.stderr}")
        quiet = ledger(program, folder / "quiet", folder / "export-quiet")
        resumed = ledger(program, folder / "killed", folder / "export-killed")
        if quiet[0] != resumed[0]:
            sys.exit(f"seed {seed}: status differs: {quiet[0]} and {resumed[0]}")
        if quiet[1] != resumed[1]:
            different = sum(a != b for a, b in zip(quiet[1], resumed[1]))
            fields = sorted({name for a, b in zip(quiet[1], resumed[1]) for name in a if a.get(name) != b.get(name)})
            sys.exit(f"seed {seed}: {different} messages differ, in {fields}")
        if sink_ids(folder / "out") != sorted(row["id"] for row in quiet[1]):
            sys.exit(f"seed {seed}: the Parquet sink has other rows than the archive")
        print(f"killed {killed} times (seed {seed}): {resumed[0]['stored']} stored, {resumed[0]['duplicates']} duplicates, "
              f"{resumed[0]['threads']} threads, {resumed[0]['vectors']} vectors, the same as an undisturbed run; both verify")


main()
