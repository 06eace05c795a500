"""Claims with what they cite, true and altered, made from mail and abstracts: what the check of citations is measured on.

Nothing of it is kept: `claims(texts, seed)` makes the same set from the same texts each time. Kinds:
supported: the sentence itself, in small letters with other spaces, behind "According to the message,", a clause of it, or
with its numbers written otherwise. altered number, altered name: one of them replaced by another of its kind. swapped: the
citation of another text. invented: half of the sentence joined to half of one of another text, or an invented deal.
"""
import random
import re

SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")
CRANFIELD_SENTENCE = re.compile(r"\s+\.\s+")
NUMBER = re.compile(r"(?<![\w.,/:-])\d[\d,]*(?:\.\d+)?(?![\w/:-]|\.\d|,\d)")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b")
COMMON = set("the and for you that this with have from will your our are was not but all can has been they which would "
             "there their were what when please thanks monday tuesday wednesday thursday friday saturday sunday".split())


def sentences_of(text, is_mail):
    for sentence in (SENTENCE if is_mail else CRANFIELD_SENTENCE).split(text):
        sentence = " ".join(sentence.split())
        words = sentence.split()
        letters = sum(char.isalpha() for char in sentence)
        if 8 <= len(words) <= 40 and letters > 0.7 * len(sentence.replace(" ", "")):
            yield sentence


def other_number(number, rng):
    plain = number.replace(",", "")
    while True:
        digits = "".join(rng.choice("123456789") if char.isdigit() else char for char in plain)
        if digits != plain:
            return digits


def otherwise_written(sentence, rng):
    """True, and not verbatim."""
    kind = rng.randrange(5)
    if kind == 0:
        return sentence
    if kind == 1:
        return sentence.lower().replace(" ", "  ", 2)
    if kind == 2:
        return "According to the message, " + sentence[0].lower() + sentence[1:]
    if kind == 3:
        clauses = [clause.strip() for clause in re.split(r"[,;:]\s", sentence) if len(clause.split()) >= 5]
        return rng.choice(clauses) if clauses else sentence
    return re.sub(r"(?<=\d),(?=\d{3}\b)", "", sentence).replace("%", " percent").replace("&", "and")


def invented(sentence, other, names, rng):
    if rng.randrange(2):
        left, right = sentence.split(), other.split()
        return " ".join(left[:len(left) // 2] + right[len(right) // 2:])
    topic = [word for word in re.findall(r"[A-Za-z]{5,}", sentence) if word.lower() not in COMMON][:2]
    return (f"{rng.choice(names)} agreed with {rng.choice(names)} to pay {rng.randrange(2, 999)} dollars for the "
            + " ".join(topic).lower())


def windows(texts, is_mail, limit, rng):
    """(number of the text, sentence, the one to three sentences around it that are cited)"""
    found = []
    for number, text in enumerate(texts):
        sentences = list(sentences_of(text, is_mail))
        for at in rng.sample(range(len(sentences)), min(2, len(sentences))):
            around = sentences[max(0, at - rng.randrange(2)):at + 1 + rng.randrange(2)]
            found.append((number, sentences[at], (". " if not is_mail else " ").join(around)))
    rng.shuffle(found)
    return found[:limit]


def claims(texts, is_mail, limit, seed=7):
    """[{"kind", "sentence", "cited"}]"""
    rng = random.Random(seed)
    found = windows(texts, is_mail, limit, rng)
    names = sorted({name for text in texts for name in NAME.findall(text) if name.lower() not in COMMON}) or ["Smith", "Jones"]
    made = []

    def add(kind, sentence, cited):
        made.append({"kind": kind, "sentence": sentence, "cited": cited})

    for at, (number, sentence, cited) in enumerate(found):
        add("supported", otherwise_written(sentence, rng), cited)
        other_text, other, other_cited = found[(at + 1 + rng.randrange(len(found) - 1)) % len(found)]
        if other_text != number and sentence.lower() not in other_cited.lower():
            add("swapped", sentence, other_cited)
            add("invented", invented(sentence, other, names, rng), cited)
        numbers = NUMBER.findall(sentence)
        if numbers:
            number_text = rng.choice(numbers)
            changed = other_number(number_text, rng)
            if changed not in cited:
                add("altered number", re.sub(NUMBER, lambda m: changed if m[0] == number_text else m[0], sentence), cited)
        own = NAME.findall(sentence)
        if own:
            name = rng.choice(own)
            another = rng.choice(names)
            if another.lower() not in cited.lower():
                add("altered name", re.sub(rf"\b{name}\b", another, sentence), cited)
    return made
