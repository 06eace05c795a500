#!/usr/bin/env python3
"""How good heads are that `custos model train` makes, beside what scikit-learn makes of the same texts.

usage: score_heads.py CUSTOS DATA [--models DIR] [--keep FOLDER] [--no-peers] [TASK…]

DATA is the folder of unpacked data sets (classify, spam). For each task its texts become JSON lines in a temporary folder
(--keep: in FOLDER), `custos model train` sees one part, `custos model evaluate` the other, and so do the peers, which are
installed into build/heads-venv:
  minilm+lr  logistic regression over the vectors of `custos embed`
  tfidf+lr   logistic regression over TF-IDF of words and pairs of words
Splits and settings of the peers are those that the marks were set with: a tenth is held back after a shuffle with seed 3,
C = 10. Spam's F1 is that of the label spam; `spam without X` is trained on two sources and judged on X.

ECE cv is the calibration error on the training part, each fold judged by a head that did not see it; it is held to the
mark, since ECE on a test of a few hundred texts is mostly chance: of scores that are exactly right it would be .025.

Exits 1 where a head is below its mark. Prints no text of the data.
"""
import argparse
import csv
import email
import email.policy
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

import peers

PEERS = ["scikit-learn==1.9.1", "numpy"]
ECE_MOST = 0.03
# What a head has to reach, on texts that it was not trained on.
MARKS = {"sst2": 0.83, "trec6": 0.90, "banking77": 0.925, "clinc150": 0.962, "davidson": 0.895, "spam": 0.985,
         "spam without spamassassin": 0.93, "spam without lingspam": 0.93, "spam without sms": 0.93}
FOREIGN_MARK = 0.60


def row(label, text, piece=""):
    return {"text": text, "label": label, **({"slice": piece} if piece else {})}


def tenth(rows):
    rows = list(rows)
    random.Random(3).shuffle(rows)
    count = len(rows) // 10
    return rows[count:], rows[:count]


def labelled_lines(path):
    """Lines of a label of one character, a space, and a text."""
    return [row(line[0], line[2:].strip()) for line in open(path, encoding="latin-1")]


def table(path):
    return list(csv.reader(open(path)))[1:]


def clinc(folder):
    sets = json.loads((folder / "clinc150/train_val.json").read_text())
    train, valid = ([row(label, text) for text, label in sets[name]] for name in ("train", "val"))
    return train, valid + [row("oos", text) for text, _ in sets["oos_val"]]


def mail_text(path):
    """Subject and text; of mail that only has HTML, what is left without tags."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    try:
        subject = str(message["subject"] or "")
    except Exception:  # a header that Python's parser cannot read
        subject = ""
    plain, html = [], []
    for part in message.walk():
        kind = part.get_content_type()
        if part.is_multipart() or kind not in ("text/plain", "text/html"):
            continue
        text = (part.get_payload(decode=True) or b"").decode("latin-1")
        if kind == "text/plain":
            plain.append(text)
        else:
            html.append(re.sub(r"<[^>]*>", " ", re.sub(r"(?is)<(style|script).*?</\1>", "", text)))
    return f"Subject: {subject}\n\n" + "\n".join(plain or html)


def spam_rows(folder):
    rows = []
    for name in ("easy_ham", "hard_ham", "spam"):
        label = "spam" if name == "spam" else "ham"
        rows += [row(label, mail_text(path), "spamassassin") for path in sorted((folder / "spamassassin" / name).iterdir())]
    for path in sorted(folder.glob("lingspam/part*/*")):
        rows.append(row("spam" if "spmsg" in path.name else "ham", path.read_text(encoding="latin-1"), "lingspam"))
    for line in open(folder / "SMSSpamCollection.dev.tsv", encoding="utf-8"):
        rows.append(row(*line.rstrip("\n").split("\t", 1), "sms"))
    return rows


def splits(data):
    """name -> a function that gives rows to train on and rows to judge."""
    folder = data / "classify"
    known = {
        "sst2": lambda: (labelled_lines(folder / "sst/stsa.binary.train"), labelled_lines(folder / "sst/stsa.binary.dev")),
        "trec6": lambda: tenth(labelled_lines(folder / "trec/TREC.train.all")),
        "banking77": lambda: tenth(row(r[1], r[0]) for r in table(folder / "banking77/train.csv")),
        "clinc150": lambda: clinc(folder),
        "davidson": lambda: tenth(row(r[-2], r[-1]) for r in table(folder / "davidson/labeled_data.csv")),
        "spam": lambda: tenth(spam_rows(data / "spam")),
    }

    def without(source):
        rows = spam_rows(data / "spam")
        return [r for r in rows if r["slice"] != source], [r for r in rows if r["slice"] == source]

    for source in ("spamassassin", "lingspam", "sms"):
        known[f"spam without {source}"] = lambda source=source: without(source)
    return known


def write_lines(path, rows):
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")


def run(command, **more):
    return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def vectors(custos, models, rows):
    import numpy
    lines = "".join(json.dumps({"id": i, "text": r["text"]}) + "\n" for i, r in enumerate(rows))
    out = run([custos, "embed", *models], input=lines)
    return numpy.array([json.loads(line)["vector"] for line in out.splitlines()], dtype=numpy.float32)


def peer_score(features, train, test, is_spam):
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score, f1_score
    known = [i for i, r in enumerate(test) if r["label"] != "oos"]
    model = LogisticRegression(C=10, max_iter=2000).fit(features[0], [r["label"] for r in train])
    said, right = model.predict(features[1][known]), [test[i]["label"] for i in known]
    return f1_score(right, said, pos_label="spam") if is_spam else accuracy_score(right, said)


def peer_scores(custos, models, train, test, is_spam):
    from sklearn.feature_extraction.text import TfidfVectorizer
    dense = (vectors(custos, models, train), vectors(custos, models, test))
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=1, sublinear_tf=True)
    sparse = (words.fit_transform(r["text"] for r in train), words.transform(r["text"] for r in test))
    return [peer_score(features, train, test, is_spam) for features in (dense, sparse)]


def head_scores(custos, models, folder, train, test):
    """(the head's metrics, those of texts held back in training, seconds of training)."""
    write_lines(folder / "train.jsonl", train)
    write_lines(folder / "test.jsonl", test)
    shutil.rmtree(folder / "head", ignore_errors=True)
    begin = time.time()
    run([custos, "model", "train", "score", folder / "train.jsonl", "--out", folder / "head", "--quiet", *models])
    seconds = time.time() - begin
    out = run([custos, "model", "evaluate", folder / "head", folder / "test.jsonl", "--json", "--quiet", *models])
    card = json.loads((folder / "head" / "card.json").read_text())
    return json.loads(out)["metrics"], card["metrics_held_back"], seconds


def score(name, split, custos, models, folder, with_peers):
    train, test = split()
    folder.mkdir(parents=True, exist_ok=True)
    metrics, held_back, seconds = head_scores(custos, models, folder, train, test)
    is_spam = name.startswith("spam")
    value = metrics["accuracy"]
    if is_spam:
        value = next(label["f1"] for label in metrics["labels"] if label["label"] == "spam")
    others = peer_scores(custos, models, train, test, is_spam) if with_peers else []
    dense, sparse = [f"{peer:.4f}" for peer in others] or ["-     ", "-     "]
    good = value >= MARKS[name] and held_back["ece"] <= ECE_MOST
    foreign = ""
    if "out_of_scope" in metrics:
        foreign = f" out of scope {metrics['out_of_scope']['recall']:.2f}"
        good = good and metrics["out_of_scope"]["recall"] >= FOREIGN_MARK
    print(f"{name:27} {len(train):6} {metrics['texts']:5}  {'F1' if is_spam else 'acc':3} {value:.4f}  {MARKS[name]:.3f}  "
          f"{held_back['ece']:.3f}   {metrics['ece']:.3f}  {dense}     {sparse}    {seconds:5.0f} s{'' if good else '  BELOW'}{foreign}", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("custos", type=pathlib.Path)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("tasks", nargs="*")
    parser.add_argument("--models", default=os.environ.get("CUSTOS_MODELS"))
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_intermixed_args()
    known = splits(options.data)
    unknown = [task for task in options.tasks if task not in known]
    if unknown:
        parser.error(f"no task is called {unknown[0]}; there are {', '.join(known)}")
    if not options.no_peers:
        peers.enter_venv("heads-venv", PEERS, __file__)
    models = ["--models", options.models] if options.models else []
    print(f"{'task':27} {'train':>6} {'test':>5}  {'head':>10}  mark   ECE cv  ECE    minilm+lr  tfidf+lr  training", flush=True)
    good = True
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.tasks or known:
            folder = (options.keep or pathlib.Path(scratch)) / name.replace(" ", "-")
            good = score(name, known[name], options.custos, models, folder, not options.no_peers) and good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
