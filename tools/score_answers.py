"""Answers, summaries and the check of citations, measured on the data sets: docs/answers.md has the tables.

usage: score_answers.py CUSTOS DATA [--models DIR] [--only NAME…] [--split train|val] [--folder DIR] [--set K=V]

qmsum      questions about meetings, each turn a message: words of the evidence within a tenth of the transcript, and
           ROUGE-L of the answer. --split train is for choosing settings, val is what counts.
subjects   subject lines for the messages of known_item.jsonl, beside the first sentence and TextRank
citations  true and altered claims made of Enron mail and cranfield: even texts for choosing, odd ones are what counts
found      is what is there found, and what is not there said to be so? an archive that lacks half of what is asked for
speed      custos ask over the Enron set, of which an archive is made once (--folder keeps it)
"""
import argparse
import email
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from claim_set import claims
from rouge import lead, rouge_1, rouge_l, textrank
from score_search import cranfield

LEAST_EVIDENCE = 0.37
LEAST_CAUGHT, MOST_DROPPED = 0.95, 0.05


class Program:
    def __init__(self, options):
        self.custos, self.models, self.sets = options.custos, options.models, options.set

    def command(self, *arguments):
        command = [self.custos, *map(str, arguments)]
        command += ["--models", self.models] if self.models else []
        return command + [part for one in self.sets for part in ("--set", one)]

    def lines(self, arguments, lines):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        done = subprocess.run(self.command(*arguments), input=text.encode(), stdout=subprocess.PIPE, check=False)
        if done.returncode not in (0, 3):
            sys.exit(f"custos {arguments[0]} ended with {done.returncode}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def ingest(self, archive, source, *more):
        if not (archive / "catalog.sqlite").exists():
            subprocess.run(self.command("ingest", archive, source, "--quiet", *more), check=False,
                           stdout=subprocess.DEVNULL)


def body(path):
    text = email.message_from_bytes(path.read_bytes()).get_payload()
    return text if isinstance(text, str) else ""


def mean(values):
    values = list(values)
    return sum(values) / max(len(values), 1)


# -- QMSum


def meetings(folder):
    for path in sorted(folder.glob("*.json*")):
        for line in path.read_text().splitlines() if path.suffix == ".jsonl" else [path.read_text()]:
            meeting = json.loads(line)
            yield path.stem, [f"{turn['speaker']}: {turn['content']}" for turn in meeting["meeting_transcripts"]], [
                query for query in meeting["specific_query_list"] if query.get("relevant_text_span")]


def turns_as_messages(name, turns):
    for number, text in enumerate(turns):
        date = f"2001-01-{1 + number // 1440:02}T{number // 60 % 24:02}:{number % 60:02}:00Z"
        yield {"id": f"{name}-{number}", "thread": name, "date": date, "text": text}


def evidence_recall(ranked, lengths, gold):
    """Words of the gold turns among the best turns that fit into a tenth of the transcript."""
    budget, taken, got = 0.1 * sum(lengths), 0, 0
    for turn in ranked:
        if taken + lengths[turn] > budget:
            continue
        taken += lengths[turn]
        got += lengths[turn] if turn in gold else 0
    return got / max(sum(lengths[turn] for turn in gold), 1)


def score_qmsum(program, options, folder):
    archive = folder / f"qmsum-{options.split}.custos"
    asked, source = [], folder / f"qmsum-{options.split}.jsonl"
    with open(source, "w") as out:
        for name, turns, queries in list(meetings(options.data / "retrieval/qmsum" / options.split))[:options.meetings]:
            for message in turns_as_messages(name, turns):
                out.write(json.dumps(message) + "\n")
            lengths = [len(turn.split()) for turn in turns]
            for query in queries:
                gold = {turn for begin, end in query["relevant_text_span"] for turn in range(int(begin), int(end) + 1)
                        if turn < len(turns)}
                asked.append((name, lengths, query, gold))
    program.ingest(archive, source)
    lines = [{"id": number, "question": query["query"], "thread": f"{name}-0"}
             for number, (name, _, query, _) in enumerate(asked)]
    answers = program.lines(["ask", archive, "--questions", "-", "--json", "--explain", "--as-words", "--budget", "100000000",
                             "--limit", "8", "--set", "answer.confidence=0"], lines)
    recalls, rouges = [], []
    for (name, lengths, query, gold), answer in zip(asked, answers):
        ranked = [int(one["message"].rsplit("-", 1)[1]) for one in answer["evidence"]]
        recalls.append(evidence_recall(ranked, lengths, gold))
        rouges.append(rouge_l(answer["answer"], query["answer"]))
    print(f"qmsum {options.split}: {len(asked)} questions; evidence recall within 10 % of the transcript "
          f"{mean(recalls):.4f}; ROUGE-L of the answer {mean(rouges):.4f}", flush=True)
    return options.split == "train" or mean(recalls) >= LEAST_EVIDENCE


# -- subject lines


def score_subjects(program, options, folder):
    items = [json.loads(line) for line in open(options.data / "enron/known_item.jsonl")]
    items = items[::options.step]
    texts = {item["raw"]: body(options.data / "enron" / item["raw"]) for item in items}
    source, archive = folder / "subjects.jsonl", folder / "subjects.custos"
    source.write_text("".join(json.dumps({"id": raw, "text": text}) + "\n" for raw, text in texts.items()))
    program.ingest(archive, source)
    made = {"subject line": {}, "best sentence": {}}
    for item in items:
        for name, how in (("subject line", ["--subject"]), ("best sentence", ["--sentences", "1"])):
            done = subprocess.run(program.command("summarize", archive, "--message", item["raw"], "--json", *how),
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
            answer = json.loads(done.stdout) if done.returncode == 0 else {"found": False}
            made[name][item["raw"]] = answer["answer"] if answer["found"] else ""
    made["first sentence"] = {raw: lead(text) for raw, text in texts.items()}
    made["first six words"] = {raw: " ".join(lead(text).split()[:6]) for raw, text in texts.items()}
    made["TextRank"] = {raw: textrank(text) for raw, text in texts.items()}
    print(f"subjects: {len(items)} messages, up to three subject lines of people each\n"
          f"{'':<18}{'ROUGE-1':>9}{'ROUGE-L':>9}{'best-1':>9}{'best-L':>9}")
    scores = {}
    for name, lines in made.items():
        rows = [[score(lines[item["raw"]], line) for line in item["human_subjects"]]
                for score in (rouge_1, rouge_l) for item in items]
        half = len(items)
        scores[name] = mean(map(mean, rows[:half])), mean(map(mean, rows[half:]))
        best = mean(map(max, rows[:half])), mean(map(max, rows[half:]))
        print(f"{name:<18}" + "".join(f"{value:9.3f}" for value in (*scores[name], *best)), flush=True)
    return all(mine > peer for peer_name in ("first sentence", "TextRank")
               for mine, peer in zip(scores["subject line"], scores[peer_name]))


# -- the check of citations


def claim_texts(options):
    mails = []
    for path in sorted((options.data / "enron").glob("*/inbox/*"))[::10]:
        if path.is_file():
            mails.append(body(path))
    documents, _, _ = cranfield(options.data / "retrieval/cranfield")
    return [("enron", mails, True), ("cranfield", list(documents.values()), False)]


def score_citations(program, options, folder):
    good = True
    print(f"citations: share caught, and of true claims share dropped\n{'':<24}{'claims':>8}{'even half':>11}{'odd half':>10}")
    rows = []
    for name, texts, is_mail in claim_texts(options):
        for half in (0, 1):
            made = claims(texts[half::2], is_mail, options.claims)
            lines = [{"id": at, "sentence": one["sentence"], "cited": [one["cited"]]} for at, one in enumerate(made)]
            rows += [(name, half, one["kind"], not verdict["supported"], one, verdict)
                     for one, verdict in zip(made, program.lines(["support"], lines))]
    for name in ("enron", "cranfield", "both"):
        for kind in ("supported", "altered number", "altered name", "swapped", "invented", "all altered"):
            shares = []
            for half in (0, 1):
                of = [row[3] for row in rows if row[1] == half and name in (row[0], "both")
                      and (row[2] == kind or (kind == "all altered" and row[2] != "supported"))]
                shares.append((mean(of), len(of)))
            print(f"{name + ' ' + kind:<24}{shares[1][1]:8}{shares[0][0]:11.3f}{shares[1][0]:10.3f}")
            if name == "both" and kind in ("supported", "all altered") and shares[1][1]:
                good = good and (shares[1][0] <= MOST_DROPPED if kind == "supported" else shares[1][0] >= LEAST_CAUGHT)
    if options.keep:
        with open(options.keep, "w") as out:
            out.writelines(json.dumps([name, half, kind, flagged, one, verdict]) + "\n"
                           for name, half, kind, flagged, one, verdict in rows)
    return good


# -- found, or not in the archive


def half_archive(program, options, folder):
    """Mail of every eighth mailbox and the even known items, without any mail that has the body of an odd one."""
    enron = options.data / "enron"
    items = [json.loads(line) for line in open(enron / "known_item.jsonl")]
    key = lambda path: hashlib.md5(" ".join(body(path).split()).encode("utf8", "replace")).digest()
    keys = [key(enron / item["raw"]) for item in items]
    lacking, having = set(keys[1::2]), set(keys[0::2])
    source, archive = folder / "half.jsonl", folder / "half.custos"
    if not (archive / "catalog.sqlite").exists():
        boxes = sorted(path for path in enron.iterdir() if path.is_dir())
        paths = [path for box in boxes[::8] for path in sorted(box.glob("inbox/**/*")) if path.is_file()]
        paths += [enron / item["raw"] for item in items[0::2]]
        seen = set(lacking)
        with open(source, "w") as out:
            for path in paths:
                if key(path) not in seen:
                    seen.add(key(path))
                    out.write(json.dumps({"id": str(path.relative_to(enron)), "text": body(path)}) + "\n")
        program.ingest(archive, source)
    return archive, items, keys, having - lacking


def found_questions(options, items, keys, having):
    """(question, whether the archive has what is asked for, kind)"""
    asked = []
    for item, key in zip(items, keys):
        asked += [(subject, key in having, "present" if key in having else "absent, like it")
                  for subject in item["human_subjects"]]
    _, queries, _ = cranfield(options.data / "retrieval/cranfield")
    asked += [(query, False, "absent, other field") for query in queries]
    for _, _, questions in meetings(options.data / "retrieval/qmsum/train"):
        asked += [(query["query"], False, "absent, other field") for query in questions[:2]]
    return asked


def ask_all(program, archive, questions):
    lines = [{"id": number, "question": text} for number, text in enumerate(questions)]
    return program.lines(["ask", archive, "--questions", "-", "--json", "--explain", "--as-words"], lines)


def meetings_answers(program, options, folder):
    """Every third question about every fourth meeting, asked of them all."""
    archive, source, asked = folder / "meetings.custos", folder / "meetings.jsonl", []
    with open(source, "w") as out:
        for name, turns, queries in list(meetings(options.data / "retrieval/qmsum/train"))[::4]:
            out.writelines(json.dumps(message) + "\n" for message in turns_as_messages(name, turns))
            asked += [(query["query"], True, "present, meetings") for query in queries]
    program.ingest(archive, source)
    asked = asked[::3]
    return asked, ask_all(program, archive, [text for text, _, _ in asked])


def score_found(program, options, folder):
    archive, items, keys, having = half_archive(program, options, folder)
    asked = found_questions(options, items, keys, having)[::options.step]
    answers = ask_all(program, archive, [text for text, _, _ in asked])
    more_asked, more_answers = meetings_answers(program, options, folder)
    asked, answers = asked + more_asked, answers + more_answers
    if options.keep:
        with open(options.keep, "w") as out:
            out.writelines(json.dumps([at % 2, is_there, kind, answer["confidence"], answer.get("plan", "")]) + "\n"
                           for at, ((_, is_there, kind), answer) in enumerate(zip(asked, answers)))
    kinds = ("present", "present, meetings", "absent, like it", "absent, other field")
    print(f"found: {len(asked)} questions; share answered, by the confidence demanded\n{'':<10}" +
          "".join(f"{kind + ', ' + half:>28}" for half in ("even", "odd") for kind in kinds))
    for threshold in [step / 20 for step in range(2, 20)]:
        shares = []
        for half in (0, 1):
            for kind in kinds:
                shares.append(mean(answer["confidence"] >= threshold for at, ((_, _, own), answer) in
                                   enumerate(zip(asked, answers)) if own == kind and at % 2 == half))
        print(f"{threshold:<10.2f}" + "".join(f"{share:28.3f}" for share in shares))
    return True


# -- speed


def score_speed(program, options, folder):
    archive = options.folder / "known-items.custos" if options.folder else folder / "enron.custos"
    program.ingest(archive, options.data / "enron", "--set", "index.subject=false")
    items = [json.loads(line) for line in open(options.data / "enron/known_item.jsonl")]
    lines = [{"id": at, "question": item["human_subjects"][0]} for at, item in enumerate(items[:300])]
    answers = program.lines(["ask", archive, "--questions", "-", "--json"], lines)
    took = sorted(answer["took_ms"] for answer in answers)
    print(f"speed: {len(took)} questions over the Enron set, p50 {took[len(took) // 2]:.1f} ms, "
          f"p95 {took[len(took) * 95 // 100]:.1f} ms; load {os.getloadavg()[0]:.1f}")
    checked = [sentence["supported"] for answer in answers for sentence in answer["sentences"]]
    print(f"{len(checked)} sentences in {sum(answer['found'] for answer in answers)} answers, {sum(checked)} with a "
          "citation that verifies")
    return all(checked)


SCORES = {"qmsum": score_qmsum, "subjects": score_subjects, "citations": score_citations, "found": score_found,
          "speed": score_speed}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("custos")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--models", default=os.environ.get("CUSTOS_MODELS", ""))
    parser.add_argument("--only", nargs="+", choices=list(SCORES), default=list(SCORES))
    parser.add_argument("--split", choices=("train", "val"), default="val")
    parser.add_argument("--meetings", type=int, help="only so many")
    parser.add_argument("--claims", type=int, default=1500, help="sentences of each half of each set that claims are made of")
    parser.add_argument("--step", type=int, default=1, help="of the subjects and of what is asked, every so many")
    parser.add_argument("--folder", type=pathlib.Path, help="keeps what is made")
    parser.add_argument("--keep", help="a file for single results, as JSON lines")
    parser.add_argument("--set", action="append", default=[])
    options = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("CUSTOS_KEYS", str(folder / "keys"))
        program = Program(options)
        for name in options.only:
            good = SCORES[name](program, options, folder) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
