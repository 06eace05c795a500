"""Reads every file of the MIME pack, and compares what Custos makes of its messages with other readers.

usage: score_mime.py CUSTOS DATA

1. `custos parse` is run on each file of DATA/mime, whatever it holds. It may refuse a file; a signal, or more than a
   minute, is a fault: exit 1.
2. compare_mime.py on the messages among them, and on samples of DATA/spam and DATA/enron.
"""
import collections
import pathlib
import subprocess
import sys
import tempfile

TOOLS = pathlib.Path(__file__).resolve().parent
SECONDS_MAX = 60
# A corpus: where its messages are, and how many are taken at most.
CORPORA = {
    "ruby_mail": ("mime/ruby_mail", ["*.eml"], None),
    "nodemailer": ("mime/nodemailer_mailparser", ["*.eml"], None),
    "tika": ("mime/apache_tika", ["*.eml"], None),
    "mime4j": ("mime/apache_james_mime4j", ["*.msg"], None),
    "spamassassin": ("spam/spamassassin", ["*"], 1000),
    "enron": ("enron", ["*/inbox/*"], 1500),
}


def read_each(custos, folder):
    """How each file ended: counts by exit code, and the files that ended badly."""
    counts, bad = collections.Counter(), []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            done = subprocess.run([custos, "parse", path], capture_output=True, timeout=SECONDS_MAX)
        except subprocess.TimeoutExpired:
            bad.append((path, "no end"))
            continue
        counts[done.returncode] += 1
        messages = done.stdout.count(b"\n")
        counts["messages"] += messages
        if done.returncode not in (0, 1, 3):
            bad.append((path, f"exit code {done.returncode}"))
    return counts, bad


def link_messages(data, scratch):
    """Folders that hold single messages only, as NAME=FOLDER[:MAX]."""
    for name, (folder, patterns, most) in CORPORA.items():
        paths = [path for pattern in patterns for path in sorted((data / folder).rglob(pattern)) if path.is_file()]
        target = scratch / name
        target.mkdir()
        for number, path in enumerate(paths):
            # mime4j's expected output lies beside a message under its name; numbers keep equal names apart.
            (target / f"{number:06}-{path.name}").symlink_to(path)
        if paths:
            yield f"{name}={target}" + (f":{most}" if most else "")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    custos, data = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    counts, bad = read_each(custos, data / "mime")
    print(f"every file of mime: {sum(counts[code] for code in counts if code != 'messages')} files, "
          f"{counts['messages']} messages; {counts[0]} read, {counts[3]} with documents that failed, "
          f"{counts[1]} refused, {len(bad)} ended badly", flush=True)
    for path, why in bad:
        print(f"BAD {path.relative_to(data)}: {why}")
    with tempfile.TemporaryDirectory() as scratch:
        corpora = list(link_messages(data, pathlib.Path(scratch)))
        compared = subprocess.run([sys.executable, TOOLS / "compare_mime.py", "--parse", f"{custos} parse", "--mime4j",
                                   data / "mime/apache_james_mime4j", *corpora])
    return 1 if bad or compared.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
