"""The end of ./dev quickstart: reads the sample archive, searches it, says what came of it and what to try next.

usage: quickstart.py CUSTOS MODELS
"""
import collections
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def custos(*arguments, quiet=False):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=quiet, text=True)
    if done.returncode not in (0, 3):
        sys.exit(done.returncode)
    return done.stdout or ""


# Questions whose answers share few words with them, and one that asks for words.
QUESTIONS = [("trading on a takeover before it is announced", "hybrid"),
             ("kickback to a government official", "vector"),
             ('"purchase order" from:sato', "keyword")]


def show_search(archive):
    for question, mode in QUESTIONS:
        print(f"\n$ custos search {os.path.relpath(archive)} {shlex.quote(question)} --mode {mode} --limit 2", flush=True)
        custos("search", archive, question, "--mode", mode, "--limit", 2)


def main():
    folder = ROOT / "build/quickstart"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    archive, table = folder / "archive", folder / "table"
    custos("ingest", archive, ROOT / "samples/harrow-vale", "--sink", f"parquet={table}")
    custos("verify", archive)
    custos("export", archive, folder / "export", "--format", "jsonl", quiet=True)
    rows = [json.loads(line) for line in open(folder / "export/messages.jsonl")]
    masked = collections.Counter(entity["type"] for row in rows for entity in row.get("entities", []))
    print("\nredacted in message texts: " + ", ".join(f"{kind} {count}" for kind, count in masked.most_common()))
    status = json.loads(custos("status", archive, "--json", quiet=True))
    print(f"archive  {os.path.relpath(archive)}: {status['stored']} messages in {status['threads']} conversations, "
          f"{status['chunks']} passages, {status['vectors']} vectors")
    print(f"table    {os.path.relpath(table)}: Parquet, for Spark, DuckDB and pandas")
    program = os.path.relpath(PROGRAM)
    show_search(archive)
    print(f"""
Try next:
  {program} search {os.path.relpath(archive)}                       asks again and again; docs/query-language.md
  {program} search {os.path.relpath(archive)} 'invoice* -audit after:2024-03-05' --all
  {program} search {os.path.relpath(archive)} 'threats against a colleague' --explain
  {program} show {os.path.relpath(archive)} chat-001 --thread
  {program} export {os.path.relpath(archive)} {os.path.relpath(folder)}/mbox --format mbox
  echo '{{"id":1,"text":"write to ann@example.com"}}' | {program} redact
  {program} ingest my.custos ~/Mail            your own mail: mbox, Maildir, .eml, .emlx, tar, zip
  {program} --help""")


PROGRAM = sys.argv[1]
os.environ["CUSTOS_MODELS"] = sys.argv[2]
main()
