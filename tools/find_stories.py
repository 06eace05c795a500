"""Are the stories of misconduct in the sample found by questions in other words? And is ordinary mail left alone?

usage: find_stories.py CUSTOS ARCHIVE

ARCHIVE: samples/harrow-vale, ingested with the embedding model. A story is found when one of its messages is among the
best three. By meaning all must be found; by both kinds of score most: in an archive so small, common words of a question
weigh much. Prints one line; exits 1 naming what was not found.
"""
import json
import re
import subprocess
import sys

from sample_stories import MISCONDUCT

# kind of the story: how somebody would ask who does not know its words
QUESTIONS = {
    "insider-dealing": "trading on a takeover before it is announced",
    "information-barrier": "leaking unpublished research to a trader",
    "bribery": "kickback to a government official disguised as consulting",
    "harassment": "threatening and sexist behaviour of a boss towards a woman",
    "data-leaving": "stealing customer data before joining a new employer",
    "guarantee-and-complaint": "customer was promised that he cannot lose and is angry",
}
ORDINARY = {"moving to new desks": "Office move", "job candidate visiting the office": "Interview on Monday",
            "corrected bill for cancelled days": "Invoice 2024-0117"}


def bare(subject):
    return re.sub(r"^((re|aw|fwd?|sv|antw):\s*)+", "", subject, flags=re.I)


def ask(program, archive, questions, mode):
    lines = "".join(json.dumps({"id": name, "query": text}) + "\n" for name, text in questions.items())
    done = subprocess.run([program, "search", archive, "--queries", "-", "--mode", mode, "--limit", "3", "--json"],
                          input=lines, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"custos search ended with {done.returncode}: {done.stderr}")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {answer["id"]: [bare(result["subject"]) for result in answer["results"]] for answer in answers}


def main():
    program, archive = sys.argv[1:]
    subjects = {kind: subject for kind, subject, _, _ in MISCONDUCT}
    found = {}
    for mode in ("vector", "hybrid"):
        answers = ask(program, archive, QUESTIONS, mode)
        missed = {kind: answers[kind] for kind in subjects if subjects[kind] not in answers[kind]}
        found[mode] = len(subjects) - len(missed)
        for kind, instead in missed.items():
            print(f"{mode}: {kind} ({QUESTIONS[kind]!r}) found {instead}", file=sys.stderr)
    ordinary = ask(program, archive, {question: question for question in ORDINARY}, "vector")
    strayed = [question for question, found_subjects in ordinary.items() if ORDINARY[question] not in found_subjects]
    print(f"{found['vector']} of {len(subjects)} stories of misconduct are found by meaning and {found['hybrid']} of "
          f"{len(subjects)} by both; " + ("ordinary questions find ordinary mail" if not strayed else f"not found: {strayed}"))
    sys.exit(0 if found["vector"] == len(subjects) and found["hybrid"] >= 4 and not strayed else 1)


main()
