"""Compares the filters of `custos search --all` with an exhaustive look at the exported table of record.

usage: check_filters.py CUSTOS ARCHIVE MESSAGES_JSONL

MESSAGES_JSONL: of `custos export --format jsonl`. Prints one line; exits 1 naming the filter that differs.
"""
import json
import subprocess
import sys


def search(program, archive, query, *options):
    done = subprocess.run([program, "search", archive, query, "--all", "--json", "--mode", "keyword", *options],
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"custos search {query} {options} ended with {done.returncode}: {done.stderr}")
    answer = json.loads(done.stdout)
    ids = {result["id"] for result in answer["results"]}
    if answer["total"] != len(ids):
        sys.exit(f"{query} {options}: total is {answer['total']}, results are {len(ids)}")
    return ids


def shown_people(program, archive, ids):
    """id -> (addresses of From, addresses of To, Cc and Bcc), as `custos show` says."""
    people = {}
    for one in ids:
        shown = json.loads(subprocess.run([program, "show", archive, one, "--json"], capture_output=True, check=True).stdout)
        people[one] = ({p["address"] for p in shown["from"]}, {p["address"] for p in shown["to"] + shown["cc"]})
    return people


def main():
    program, archive, path = sys.argv[1:]
    rows = {row["id"]: row for row in map(json.loads, open(path))}
    people = shown_people(program, archive, rows)
    dated = {one: row["date"] for one, row in rows.items() if row.get("date")}
    some_thread = max((row["thread"] for row in rows.values()), key=[row["thread"] for row in rows.values()].count)
    languages = {one: {part["language"] for part in row["parts"]} for one, row in rows.items()}
    checks = {
        ("from:sato",): {one for one in rows if any("sato" in address for address in people[one][0])},
        ("from:@tarrantadvisory.example",): {one for one in rows if any(a.endswith("@tarrantadvisory.example") for a in people[one][0])},
        ("to:lind",): {one for one in rows if any("lind" in address for address in people[one][1])},
        ("with:roux",): {one for one in rows if any("roux" in address for address in people[one][0] | people[one][1])},
        ("after:2024-03-06 before:2024-03-08",): {one for one, date in dated.items() if "2024-03-06" <= date < "2024-03-08"},
        ("on:2024-04",): {one for one, date in dated.items() if date.startswith("2024-04")},
        ("lang:de",): {one for one in rows if "de" in languages[one]},
        ("has:attachment",): {one for one, row in rows.items() if any(part["attachment"] for part in row["parts"])},
        ("in:" + some_thread,): {one for one, row in rows.items() if row["thread"] == some_thread},
        ("", "--from", "pike", "--from", "quill"): {one for one in rows if any("pike" in a or "quill" in a for a in people[one][0])},
        ("from:marlow -to:okoye",): {one for one in rows if any("marlow" in a for a in people[one][0]) and not any("okoye" in a for a in people[one][1])},
    }
    for (query, *options), want in checks.items():
        got = search(program, archive, query, *options)
        if got != want:
            sys.exit(f"{query} {options}: {len(got)} found, {len(want)} expected; too many {sorted(got - want)[:3]}, "
                     f"missing {sorted(want - got)[:3]}")
        if not want:
            sys.exit(f"{query} {options}: the archive has none, so this proves nothing")
    print(f"from, to, after, before, lang, has:attachment, in: {len(checks)} filters, each as an exhaustive check counts")


main()
