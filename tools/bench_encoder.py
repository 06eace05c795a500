#!/usr/bin/env python3
"""How fast the encoder is beside OpenVINO at its best settings, and sentence-transformers, on the same chunks.

usage: bench_encoder.py CUSTOS --models DIR [--texts 512] [--rounds 5] [--threads N]

CUSTOS is the program in a build folder; its neighbour encoder_bench is built if need be. The peers are installed into
build/encoder-venv. Chunks of about 200 tokens are cut from the bodies of $CUSTOS_DATA/enron, or made up where that is
not there. Every side is loaded first, tokenizes in its time, and uses all cores. OpenVINO's settings (precision, form
of attention, size of batches) are tried out on a part of the texts, and its best goes on. Then rounds are taken in
turn. Exits 1 where the median of the ratios to OpenVINO is below --least (1.15), or a vector is not the peers'.
"""
import argparse
import email
import itertools
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import time
import warnings

import peers

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = "encoder-venv"
SCRATCH = ROOT / "build" / "bench-encoder"
PEERS = ["torch", "transformers", "sentence-transformers", "openvino", "tokenizers", "numpy"]
MODEL = "all-MiniLM-L6-v2"
TOKENS_MAX = 256


def bodies():
    enron = pathlib.Path(os.environ.get("CUSTOS_DATA", "/nonexistent")) / "enron"
    paths = sorted(path for path in enron.glob("*/inbox/**/*") if path.is_file())
    dice = random.Random(1)
    dice.shuffle(paths)
    for path in paths:
        payload = email.message_from_bytes(path.read_bytes()).get_payload(decode=True) or b""
        yield payload.decode("utf-8", "replace").replace("\0", "")
    words = ["".join(dice.choices("etaoinshrdlucmfwypvbgkjqxz", k=dice.randint(2, 8))) for _ in range(5000)]
    while True:
        yield " ".join(dice.choices(words, k=400))


def chunks(tokenizer, count):
    """Pieces of bodies, at most 230 tokens each and not below 60."""
    found = []
    for body in bodies():
        piece, size = [], 0
        for word in re.findall(r"\s*\S+", body):
            tokens = len(tokenizer.encode(word, add_special_tokens=False).ids)
            if piece and size + tokens > 230:
                found.append("".join(piece))
                piece, size = [], 0
            piece.append(word)
            size += tokens
        if size >= 60:
            found.append("".join(piece))
        if len(found) >= count:
            random.Random(2).shuffle(found)
            return found[:count]


def quiet_peers():
    """Their progress bars and deprecations say nothing of what is measured."""
    import transformers
    warnings.simplefilter("ignore")
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()


class Custos:
    name = "custos"

    def __init__(self, program, model, texts, threads):
        build = program.resolve().parent.parent
        subprocess.run(["cmake", "--build", build, "--target", "encoder_bench"], check=True, stdout=sys.stderr)
        self.vectors_path, self.count = SCRATCH / "vectors.f32", len(texts)
        (SCRATCH / "texts").write_bytes(b"".join(text.encode() + b"\0" for text in texts))
        command = [program.resolve().parent / "encoder_bench", model, SCRATCH / "texts", "--threads", threads,
                   "--tokens", TOKENS_MAX, "--vectors", self.vectors_path]
        self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, order):
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("encoder_bench ended early")
        return [float(number) for number in answer.split()]

    def seconds(self):
        return self.ask("all")[0]

    def vectors(self):
        import numpy
        return numpy.fromfile(self.vectors_path, numpy.float32).reshape(self.count, -1)


def pooled_bert(model, attention):
    import torch
    from transformers import BertModel

    class Pooled(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.bert = BertModel.from_pretrained(model, attn_implementation=attention).eval()

        def forward(self, input_ids, attention_mask):
            types = torch.zeros_like(input_ids)
            states = self.bert(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=types).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    return Pooled().eval()


class OpenVino:
    """Batches of texts of like length, so that little is padded, in as many streams as OpenVINO likes."""

    def __init__(self, model, tokenizer, texts, threads, attention, precision, batch):
        import openvino
        import torch
        self.name = f"openvino ({precision}, {attention} attention, batches of {batch})"
        self.tokenizer, self.texts, self.batch = tokenizer, texts, batch
        self.attention, self.precision = attention, precision
        example = torch.ones((2, 8), dtype=torch.int64)
        converted = openvino.convert_model(pooled_bert(model, attention),
                                           example_input={"input_ids": example, "attention_mask": example})
        settings = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_NUM_THREADS": threads,
                    "INFERENCE_PRECISION_HINT": precision}
        self.compiled = openvino.Core().compile_model(converted, "CPU", settings)

    def seconds(self):
        import numpy
        import openvino
        start = time.perf_counter()
        encoded = self.tokenizer.encode_batch(self.texts)
        order = sorted(range(len(encoded)), key=lambda i: -len(encoded[i].ids))
        out = numpy.zeros((len(encoded), 384), numpy.float32)
        queue = openvino.AsyncInferQueue(self.compiled, 0)

        def take(request, rows):
            out[rows] = request.get_output_tensor(0).data

        queue.set_callback(take)
        for begin in range(0, len(order), self.batch):
            rows = order[begin:begin + self.batch]
            length = len(encoded[rows[0]].ids)
            ids, mask = (numpy.zeros((len(rows), length), numpy.int64) for _ in range(2))
            for i, row in enumerate(rows):
                ids[i, :len(encoded[row].ids)] = encoded[row].ids
                mask[i, :len(encoded[row].ids)] = 1
            queue.start_async({"input_ids": ids, "attention_mask": mask}, rows)
        queue.wait_all()
        self.out = out
        return time.perf_counter() - start

    def milliseconds(self):
        """Of each text alone, sorted."""
        import numpy
        request, found = self.compiled.create_infer_request(), []
        for text in self.texts:
            start = time.perf_counter()
            ids = numpy.array([self.tokenizer.encode(text).ids], numpy.int64)
            request.infer({"input_ids": ids, "attention_mask": numpy.ones_like(ids)})
            found.append((time.perf_counter() - start) * 1e3)
        return sorted(found)

    def vectors(self):
        return self.out


class SentenceTransformers:
    def __init__(self, model, texts, threads, precision):
        import torch
        from sentence_transformers import SentenceTransformer, models
        torch.set_num_threads(threads)
        self.name, self.texts = f"sentence-transformers ({precision})", texts
        words = models.Transformer(str(model), max_seq_length=TOKENS_MAX)
        pooling = models.Pooling(384, "mean")
        self.model = SentenceTransformer(modules=[words, pooling, models.Normalize()], device="cpu")
        if precision == "bf16":
            self.model = self.model.to(torch.bfloat16)

    def seconds(self):
        start = time.perf_counter()
        self.out = self.model.encode(self.texts, batch_size=32, convert_to_tensor=True, show_progress_bar=False)
        return time.perf_counter() - start

    def vectors(self):
        return self.out.float().numpy()


def best_openvino(model, tokenizer, texts, threads, batches):
    part, best, seconds = texts[:max(32, len(texts) // 4)], None, float("inf")
    for attention, precision, batch in itertools.product(("eager", "sdpa"), ("bf16", "f32"), batches):
        peer = OpenVino(model, tokenizer, part, threads, attention, precision, batch)
        peer.seconds()
        took = min(peer.seconds() for _ in range(2))
        print(f"  tried {peer.name}: {len(part) / took:.1f} texts/s", file=sys.stderr)
        if took < seconds:
            best, seconds = peer, took
    best.texts = texts
    return best


def print_row(name, values, unit):
    print(f"{name:<62}{statistics.median(values):>9.2f}{min(values):>9.2f}{max(values):>9.2f}  {unit}")


def print_latencies(custos, openvino):
    median, high = custos.ask("each")
    print(f"one text at a time, one thread: custos median {median:.2f} ms, 99th percentile {high:.2f} ms")
    openvino.milliseconds()  # the first time sees each length anew
    times = openvino.milliseconds()
    print(f"  openvino median {times[len(times) // 2]:.2f} ms, 99th percentile {times[len(times) * 99 // 100]:.2f} ms")


def agreement(custos, peer):
    import numpy
    a, b = custos.astype(numpy.float64), peer.astype(numpy.float64)
    return (a * b).sum(1) / numpy.linalg.norm(a, axis=1) / numpy.linalg.norm(b, axis=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("custos", type=pathlib.Path)
    parser.add_argument("--models", type=pathlib.Path, default=os.environ.get("CUSTOS_MODELS"))
    parser.add_argument("--texts", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--batches", type=int, nargs="+", default=[4, 8, 16, 32])
    parser.add_argument("--least", type=float, default=1.15)
    options = parser.parse_args()
    if options.models is None:
        parser.error("--models DIR, or $CUSTOS_MODELS, must name the folder of models")
    peers.enter_venv(VENV, PEERS, __file__)

    from tokenizers import Tokenizer
    quiet_peers()
    SCRATCH.mkdir(parents=True, exist_ok=True)
    model = options.models / MODEL
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    texts = chunks(tokenizer, options.texts)
    tokenizer.enable_truncation(TOKENS_MAX)
    tokens = statistics.mean(len(e.ids) for e in tokenizer.encode_batch(texts))
    print(f"{len(texts)} texts of {tokens:.0f} tokens, {options.threads} threads, {options.rounds} rounds in turn")
    custos = Custos(options.custos, model, texts, options.threads)
    openvino = best_openvino(model, tokenizer, texts, options.threads, options.batches)
    sides = [custos, openvino, SentenceTransformers(model, texts, options.threads, "bf16")]
    rates = {side.name: [] for side in sides}
    for turn in range(options.rounds + 1):
        for side in sides:
            seconds = side.seconds()
            if turn > 0:  # the first warms up
                rates[side.name].append(len(texts) / seconds)
    print(f"{'':<62}{'median':>9}{'min':>9}{'max':>9}")
    for side in sides:
        print_row(side.name, rates[side.name], "texts/s")
    ratios = [a / b for a, b in zip(rates[custos.name], rates[openvino.name])]
    print_row("custos : openvino", ratios, f"times as fast (asked: {options.least})")
    cosines = agreement(custos.vectors(), openvino.vectors())
    print(f"cosine of custos to openvino: mean {cosines.mean():.5f}, least {cosines.min():.5f}")
    print_latencies(custos, OpenVino(model, tokenizer, texts, 1, openvino.attention, openvino.precision, 1))
    if statistics.median(ratios) < options.least or cosines.min() < 0.99:
        sys.exit(1)


if __name__ == "__main__":
    main()
