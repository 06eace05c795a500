#!/usr/bin/env python3
"""How faithful the encoder is: to sentence-transformers' vectors in fp32, and to Hugging Face's token ids.

usage: score_encoder.py CUSTOS --models DIR [--texts 2000] [--strings 100000] [--instructions SET] [--show]

CUSTOS is the program in a build folder; its neighbour encoder_bench is built if need be. Peers and chunks are those of
bench_encoder.py. Three things are measured:
  vectors   cosine to sentence-transformers fp32 for each chunk            (asked: mean 0.9995, least 0.995)
  bits      the chunks again, in another order and other batches           (asked: the same bits)
  tokens    ids of all chunks, and of strings of random code points, against Hugging Face's `tokenizers` with
            encode_special_tokens                                          (asked: identical)
Exits 1 where one falls short. --show prints the made strings that differ, never a chunk.
"""
import argparse
import os
import pathlib
import random
import subprocess
import sys

import bench_encoder
import peers
from bench_encoder import MODEL, SCRATCH, TOKENS_MAX

# Where WordPiece's rules meet: controls, marks, CJK, Hangul, emoji, private use, the last code points.
RANGES = [(0x20, 0x7e), (0, 0xff), (0x100, 0x24f), (0x300, 0x36f), (0x370, 0x52f), (0x590, 0x6ff), (0x900, 0xdff),
          (0x1100, 0x11ff), (0x1e00, 0x20cf), (0x2e80, 0x33ff), (0x4e00, 0x9fff), (0xac00, 0xd7a3), (0xe000, 0xffff),
          (0x10000, 0x1ffff), (0x20000, 0x3ffff), (0xe0000, 0x10ffff)]


def made_string(dice):
    kind = dice.random()
    if kind < 0.3:
        ranges = RANGES
    else:
        ranges = dice.sample(RANGES, 2) + [(0x20, 0x7e)]
    out = []
    for _ in range(dice.randint(1, 60)):
        begin, end = dice.choice(ranges)
        point = dice.randint(begin, end)
        if point == 0 or 0xd800 <= point <= 0xdfff:  # NUL ends a text here, surrogates are not characters
            point = 0x20
        out.append(chr(point))
        if dice.random() < 0.05:
            out.append(dice.choice([" ", "[SEP]", "[CLS]", "##", "\u0130", "\u00df", "\u1e9e", "ﬁ", "\u03a3 ", "\u200d"]))
    return "".join(out)


def bench_program(custos):
    build = custos.resolve().parent.parent
    subprocess.run(["cmake", "--build", build, "--target", "encoder_bench"], check=True, stdout=sys.stderr)
    return custos.resolve().parent / "encoder_bench"


def run(program, model, texts, order, more):
    path = SCRATCH / "score-texts"
    path.write_bytes(b"".join(text.encode() + b"\0" for text in texts))
    command = [program, model, path, "--tokens", TOKENS_MAX, *more]
    return subprocess.run(list(map(str, command)), input=order + "\n", stdout=subprocess.PIPE, text=True, check=True).stdout


def vectors_of(program, model, texts, more):
    import numpy
    path = SCRATCH / "score-vectors"
    run(program, model, texts, "all", [*more, "--vectors", path])
    return numpy.fromfile(path, numpy.float32).reshape(len(texts), -1)


def score_vectors(program, model, texts, more):
    import numpy
    ours = vectors_of(program, model, texts, more)
    peer = bench_encoder.SentenceTransformers(model, texts, os.cpu_count(), "fp32")
    peer.seconds()
    cosines = bench_encoder.agreement(ours, peer.vectors())
    print(f"vectors  {len(texts)} chunks: cosine to {peer.name} mean {cosines.mean():.7f}, least {cosines.min():.7f}")
    order = list(range(len(texts)))
    random.Random(5).shuffle(order)
    again = vectors_of(program, model, [texts[i] for i in order], [*more, "--threads", 1])
    different = int((ours[order].view(numpy.uint32) != again.view(numpy.uint32)).any(1).sum())
    print(f"bits     {len(texts)} chunks in another order and by another thread: {different} differ")
    return cosines.mean() >= 0.9995 and cosines.min() >= 0.995 and different == 0


def score_tokens(program, model, chunks, count, show):
    from tokenizers import Tokenizer
    dice = random.Random(11)
    texts = chunks + [made_string(dice) for _ in range(count)]
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.encode_special_tokens = True
    lines = run(program, model, texts, "ids", []).splitlines()
    expected = [encoding.ids for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]
    wrong = [i for i, line in enumerate(lines) if list(map(int, line.split())) != expected[i]]
    of_chunks = sum(i < len(chunks) for i in wrong)
    print(f"tokens   {len(chunks)} chunks: {of_chunks} differ; {count} made strings: {len(wrong) - of_chunks} differ")
    if show:
        for i in wrong[:20]:
            if i >= len(chunks):
                print(f"  {texts[i]!r}\n    custos {lines[i]}\n    peer   {' '.join(map(str, expected[i]))}")
    return not wrong and len(lines) == len(texts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("custos", type=pathlib.Path)
    parser.add_argument("--models", type=pathlib.Path, default=os.environ.get("CUSTOS_MODELS"))
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--strings", type=int, default=100000)
    parser.add_argument("--instructions", default=None)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    if options.models is None:
        parser.error("--models DIR, or $CUSTOS_MODELS, must name the folder of models")
    peers.enter_venv(bench_encoder.VENV, bench_encoder.PEERS, __file__)

    from tokenizers import Tokenizer
    bench_encoder.quiet_peers()
    SCRATCH.mkdir(parents=True, exist_ok=True)
    model = options.models / MODEL
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    texts = bench_encoder.chunks(tokenizer, options.texts)
    program = bench_program(options.custos)
    more = ["--instructions", options.instructions] if options.instructions else []
    good = score_tokens(program, model, texts, options.strings, options.show)
    good = score_vectors(program, model, texts, more) and good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
