"""Recall and precision of `custos redact`, by type, on documents with marked spans; beside Presidio where it is there.

usage: score_redaction.py CUSTOS DATASET.json [--presidio PYTHON] [--least RECALL]

DATASET.json is a list of {"full_text", "spans": [{"entity_type", "start_position", "end_position"}]}. All figures are
shares of characters:
  recall      of the characters marked as the type, those in a span of that type; (any): in a span of whatever type,
              that is to say masked
  precision   of the characters claimed as the type, those marked as it; (any): marked as anything
--presidio names a Python that has Presidio, see ask_presidio.py. The types of the first table are identifiers, which
Custos masks by default; the second table's are not, or not yet. Exits 1 when an identifier's recall of any type, taken
over all identifiers, is below --least (0.9).
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys
import time

ASK_PRESIDIO = pathlib.Path(__file__).resolve().parent / "ask_presidio.py"
# One name for what the data set, Presidio and Custos each call otherwise.
NAMES = {"US_SSN": "SSN", "EMAIL_ADDRESS": "EMAIL", "PHONE_NUMBER": "PHONE", "CREDIT_CARD": "CARD", "IBAN_CODE": "IBAN",
         "IP_ADDRESS": "IP", "PERSON": "NAME", "LOCATION": "PLACE", "GPE": "PLACE", "STREET_ADDRESS": "PLACE",
         "ZIP_CODE": "PLACE", "ORGANIZATION": "ORG", "DOMAIN_NAME": "URL", "DATE_TIME": "DATE"}
IDENTIFIERS = ("CARD", "EMAIL", "PHONE", "IBAN", "IP", "SSN", "US_DRIVER_LICENSE")


def name(kind):
    return NAMES.get(kind, kind)


def characters(spans):
    """type -> set of byte positions."""
    out = collections.defaultdict(set)
    for kind, begin, end in spans:
        out[name(kind)].update(range(begin, end))
    return out


def expected(record):
    text = record["full_text"]
    for span in record["spans"]:
        begin, end = (len(text[:span[key]].encode()) for key in ("start_position", "end_position"))
        yield span["entity_type"], begin, end


def score(records, answers):
    table = collections.defaultdict(collections.Counter)
    for record, entities in zip(records, answers, strict=True):
        want = characters(expected(record))
        have = characters((entity["type"], entity["begin"], entity["end"]) for entity in entities)
        any_want, any_have = (set().union(*kinds.values()) for kinds in (want, have))
        for kind, marked in want.items():
            table[kind].update(marked=len(marked), typed=len(marked & have[kind]), found=len(marked & any_have))
        for kind, claimed in have.items():
            table[kind].update(claimed=len(claimed), right=len(claimed & want[kind]), personal=len(claimed & any_want))
    return table


def ask_custos(custos, records):
    asked = "".join(json.dumps({"id": str(i), "text": record["full_text"]}) + "\n" for i, record in enumerate(records))
    started = time.monotonic()
    done = subprocess.run([custos, "redact", "--json"], input=asked.encode(), capture_output=True, check=True)
    size = sum(len(record["full_text"].encode()) for record in records)
    print(f"custos: {size / (time.monotonic() - started) / 1e3:.1f} kB/s, start included", file=sys.stderr)
    return [json.loads(line)["entities"] for line in done.stdout.splitlines()]


def ask_presidio(python, dataset):
    done = subprocess.run([python, ASK_PRESIDIO, dataset], stdout=subprocess.PIPE, check=True)
    return [json.loads(line)["entities"] for line in done.stdout.splitlines()]


def share(part, whole):
    return f"{part / whole:.3f}" if whole else "–"


def cells(row):
    return [share(row["typed"], row["marked"]), share(row["found"], row["marked"]),
            share(row["right"], row["claimed"]), share(row["personal"], row["claimed"])]


def print_table(title, kinds, tables):
    """A Markdown table: for each type, the four shares of each program."""
    heads = ("recall", "(any)", "precision", "(any)")
    columns = [f"{program} {head}" for program in tables for head in heads]
    print(f"\n{title}\n\n| type | characters | " + " | ".join(columns) + " |\n|---|---:|" + "---:|" * len(columns))
    for kind in kinds:
        marked = max(table[kind]["marked"] for table in tables.values())
        row = [cell for table in tables.values() for cell in cells(table[kind])]
        print(f"| {kind} | {marked} | " + " | ".join(row) + " |")
    sums = [sum((table[kind] for kind in kinds), collections.Counter()) for table in tables.values()]
    print(f"| all | {sums[0]['marked']} | " + " | ".join(cell for row in sums for cell in cells(row)) + " |")
    return share_found(sums[0])


def share_found(row):
    return row["found"] / max(row["marked"], 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("custos")
    parser.add_argument("dataset", type=pathlib.Path)
    parser.add_argument("--presidio", metavar="PYTHON")
    parser.add_argument("--least", type=float, default=0.9)
    args = parser.parse_args()

    records = json.loads(args.dataset.read_text(encoding="utf-8"))
    tables = {"custos": score(records, ask_custos(args.custos, records))}
    if args.presidio:
        tables["presidio"] = score(records, ask_presidio(args.presidio, args.dataset))
    others = sorted({kind for table in tables.values() for kind in table} - set(IDENTIFIERS),
                    key=lambda kind: (-tables["custos"][kind]["marked"], kind))
    reached = print_table("Identifiers", IDENTIFIERS, tables)
    print_table("What Custos leaves to names, places and dates, and further claims", others, tables)
    return 0 if reached >= args.least else 1


if __name__ == "__main__":
    sys.exit(main())
