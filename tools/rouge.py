"""ROUGE-1 and ROUGE-L by words (Lin 2004), F1, without stemming; and two summarizers to stand beside: the first sentence,
and TextRank (Mihalcea and Tarau 2004)."""
import collections
import math
import re


def words(text):
    return re.findall(r"[a-z0-9]+", text.lower())


def f1(common, made, wanted):
    return 2 * common / (made + wanted) if common else 0.0


def rouge_1(made, wanted):
    a, b = words(made), words(wanted)
    return f1(sum((collections.Counter(a) & collections.Counter(b)).values()), len(a), len(b))


def rouge_l(made, wanted):
    a, b = words(made), words(wanted)
    row = [0] * (len(b) + 1)
    for left in a:
        before = 0
        for j, right in enumerate(b, 1):
            before, row[j] = row[j], before + 1 if left == right else max(row[j], row[j - 1])
    return f1(row[-1], len(a), len(b))


def sentences(text):
    found = [" ".join(one.split()) for one in re.split(r"(?<=[.!?])\s+|\n\s*\n", text)]
    return [one for one in found if len(words(one)) >= 3] or found[:1]


def lead(text):
    return sentences(text)[0] if sentences(text) else ""


def textrank(text):
    """The sentence that TextRank puts first."""
    found = sentences(text)[:80]
    bags = [set(words(one)) for one in found]
    if len(found) < 2:
        return found[0] if found else ""
    weights = [[0.0] * len(found) for _ in found]
    for i, left in enumerate(bags):
        for j, right in enumerate(bags):
            if i != j and len(left) > 1 and len(right) > 1:
                weights[i][j] = len(left & right) / (math.log(len(left)) + math.log(len(right)))
    sums = [sum(row) for row in weights]
    rank = [1.0] * len(found)
    for _ in range(50):
        rank = [0.15 + 0.85 * sum(weights[j][i] / sums[j] * rank[j] for j in range(len(found)) if sums[j])
                for i in range(len(found))]
    return found[max(range(len(found)), key=lambda i: rank[i])]
