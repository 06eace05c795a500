"""Scores `custos redact --json` on Presidio's synthetic data set: recall and precision by type, over characters.

usage: score_redaction.py DATASET.json > in.jsonl          (writes the input lines)
       score_redaction.py DATASET.json OUT.jsonl           (prints the table)
A character of an expected span counts as found when any span covers it (found), and as typed when a span of its own type
does. Precision of a type: its found characters that lie in an expected span of that type.
"""
import collections
import json
import sys

NAMES = {"US_SSN": "SSN", "EMAIL_ADDRESS": "EMAIL", "PHONE_NUMBER": "PHONE", "CREDIT_CARD": "CARD",
         "IBAN_CODE": "IBAN", "IP_ADDRESS": "IP", "PERSON": "NAME", "DOMAIN_NAME": "URL", "DATE_TIME": "DATE"}


def expected_spans(record):
    text = record["full_text"]
    for span in record["spans"]:
        begin, end = (len(text[:span[key]].encode()) for key in ("start_position", "end_position"))
        yield NAMES.get(span["entity_type"], span["entity_type"]), set(range(begin, end))


def score(records, outputs):
    table = collections.defaultdict(collections.Counter)
    for number, record in enumerate(records):
        want = collections.defaultdict(set)
        for kind, characters in expected_spans(record):
            want[kind] |= characters
        have = collections.defaultdict(set)
        for entity in outputs[str(number)]:
            have[entity["type"]] |= set(range(entity["begin"], entity["end"]))
        any_have = set().union(*have.values()) if have else set()
        for kind, characters in want.items():
            table[kind].update(expected=len(characters), found=len(characters & any_have),
                               typed=len(characters & have[kind]))
        any_want = set().union(*want.values()) if want else set()
        for kind, characters in have.items():
            table[kind].update(claimed=len(characters), right=len(characters & want[kind]),
                               personal=len(characters & any_want))
    return table


def ratio(part, whole):
    return f"{part / whole:6.3f}" if whole else "     –"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        records = json.load(file)
    if len(sys.argv) == 2:
        for number, record in enumerate(records):
            print(json.dumps({"id": str(number), "text": record["full_text"]}))
        return
    with open(sys.argv[2], encoding="utf-8") as file:
        outputs = {line["id"]: line["entities"] for line in map(json.loads, file)}
    table = score(records, outputs)
    print(f"{'type':20s} {'chars':>6s} {'found':>6s} {'typed':>6s} {'claimed':>7s} {'right':>6s} {'personal':>8s}")
    for kind, c in sorted(table.items(), key=lambda item: -item[1]["expected"]):
        print(f"{kind:20s} {c['expected']:6d} {ratio(c['found'], c['expected'])} {ratio(c['typed'], c['expected'])} "
              f"{c['claimed']:7d} {ratio(c['right'], c['claimed'])}   {ratio(c['personal'], c['claimed'])}")


main()
