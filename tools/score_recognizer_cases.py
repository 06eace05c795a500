"""Scores `custos redact --threshold 0` on recognizer cases: texts, each with where an identifier of one type stands in it.

usage: score_recognizer_cases.py CUSTOS CASES.jsonl [--least SHARE] [--show]

A case passes when
  its places are given:      each is covered by a span of the type, at any score;
  only a count is given:     that many spans of the type are found;
  it says there is none:     no span of the type scores as much as is masked by default.
Cases of names, places, organisations and dates are left out; so are those with neither place nor count. Prints a table
by type, with --show the numbers of the failing cases; exits 1 below --least (0.97).
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys

# What the cases call a type that Custos calls by a short name.
SHORT_NAMES = {"US_SSN": "SSN", "EMAIL_ADDRESS": "EMAIL", "PHONE_NUMBER": "PHONE", "CREDIT_CARD": "CARD",
               "IBAN_CODE": "IBAN", "IP_ADDRESS": "IP"}
NOT_IDENTIFIERS = {"PERSON", "LOCATION", "NRP", "ORGANIZATION", "DATE_TIME", "AGE", "TITLE"}
MASKED_FROM = 0.4


def read_cases(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def redact(custos, cases):
    asked = "".join(json.dumps({"id": str(i), "text": case["text"]}) + "\n" for i, case in enumerate(cases))
    done = subprocess.run([custos, "redact", "--json", "--threshold", "0"], input=asked.encode(), capture_output=True,
                          check=True)
    answers = {line["id"]: line["entities"] for line in map(json.loads, done.stdout.splitlines())}
    return [answers.get(str(i), []) for i in range(len(cases))]


def expected_places(case):
    """Half-open byte spans, or nothing where the case gives none."""
    places = list(case.get("expected_positions") or [])
    if not places and case.get("expected_position"):
        places = [case["expected_position"]]
    if not places and "expected_start" in case:
        places = [(case["expected_start"], case["expected_end"])]
    return [tuple(len(case["text"][:at].encode()) for at in place) for place in places]


def passes(case, entities):
    """True, False, or None where the case says nothing that can be checked."""
    wanted = {SHORT_NAMES.get(kind, kind) for kind in case["entities"]}
    found = [entity for entity in entities if entity["type"] in wanted]
    places = expected_places(case)
    if places:
        return all(any(e["begin"] <= begin and end <= e["end"] for e in found) for begin, end in places)
    count = case.get("expected_len")
    if count == 0:
        return all(entity["score"] < MASKED_FROM for entity in found)
    return None if count is None else len(found) == count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("custos")
    parser.add_argument("cases", type=pathlib.Path)
    parser.add_argument("--least", type=float, default=0.97)
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()

    cases = read_cases(args.cases)
    table, failed = collections.defaultdict(collections.Counter), []
    for number, (case, entities) in enumerate(zip(cases, redact(args.custos, cases), strict=True)):
        kinds = set(case["entities"])
        verdict = None if not kinds or kinds & NOT_IDENTIFIERS else passes(case, entities)
        if verdict is None:
            continue
        table[",".join(sorted(kinds))].update(cases=1, passed=int(verdict))
        if not verdict:
            failed.append(number)
    for kind, row in sorted(table.items()):
        print(f"{kind:28} {row['passed']:4} of {row['cases']:4}")
    passed, total = (sum(row[key] for row in table.values()) for key in ("passed", "cases"))
    print(f"{'all':28} {passed:4} of {total:4}  {passed / max(total, 1):.4f}")
    if failed and args.show:
        print("failing lines:", *(number + 1 for number in failed))
    return 0 if total and passed / total >= args.least else 1


if __name__ == "__main__":
    sys.exit(main())
