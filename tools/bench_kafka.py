"""Measures a topic as a SOURCE: raw rate, rate beside the same messages in a file, and time from sent to found.

usage: bench_kafka.py CUSTOS [--models DIR] [--rounds N] [--null-messages N] [--messages N] [--probes N] [--only rates|latency]

The servers run on the same cores (`./dev services up kafka s3 postgres` starts those that are not there). Rates are medians of rounds, with
least and greatest; topic and file take turns.
"""
import argparse
import json
import os
import pathlib
import random
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import cluster
import services

WORDS = ("harbour ledger invoice copper meeting barley turbine review shipment quota valley draft please the of and "
         "we will send for next week price office confirm delivery report").split()


def line_of(number, words):
    dice = random.Random(number)
    return json.dumps({"id": f"m{number}", "text": " ".join(dice.choices(WORDS, k=words)) + f" {number}.",
                       "from": f"p{number % 500}@example.com", "date": "2024-05-06T07:08:09Z"})


def spread(values):
    return f"median {statistics.median(values):,.0f} (min {min(values):,.0f}, max {max(values):,.0f})"


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.program = str(pathlib.Path(options.program).resolve())
        self.broker = os.environ["CUSTOS_TEST_KAFKA"]
        self.made = []
        self.count = 0

    def topic(self, lines):
        name = f"bench{random.randrange(1 << 30)}"
        cluster.make_topic(name, 2)
        self.made.append(name)
        sender = cluster.Sender(name)
        for line in lines:
            sender.send(line)
        sender.finish()
        return name

    def ingest(self, source, *settings):
        """Seconds of reading and committing, and messages found."""
        self.count += 1
        command = [self.program, "ingest", self.folder / f"a{self.count}", source, "--no-embed", "--quiet", "--json",
                   "--set", "kafka.until_end=true", *settings]
        start = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True)
        seconds = time.monotonic() - start
        if done.returncode != 0:
            sys.exit(f"custos ingest failed with {done.returncode}: {done.stderr[-2000:]}")
        report = json.loads(done.stdout)
        return seconds, report["found"] + report["skipped"]

    def rate_without_stages(self):
        count = self.options.null_messages
        topic = self.topic(line_of(number, 8) for number in range(count))
        rates = []
        for at in range(self.options.rounds):
            seconds, found = self.ingest(f"kafka://{self.broker}/{topic}?group=null{at}", "--set",
                                         "pipeline.stages=null")
            if found < count:
                sys.exit(f"{found} of {count} messages were accounted for")
            rates.append(count / seconds)
        print(f"read and checkpointed, no stages, a ledger row each: {spread(rates)} messages/s, {count:,} messages, "
              f"process start included", flush=True)

    def rate_beside_a_file(self):
        count = self.options.messages
        lines = [line_of(number, 40) for number in range(count)]
        file = self.folder / "mail.jsonl"
        file.write_text("\n".join(lines) + "\n")
        topic = self.topic(lines)
        rates = {"file": [], "topic": []}
        for at in range(self.options.rounds):
            rates["file"].append(count / self.ingest(str(file))[0])
            rates["topic"].append(count / self.ingest(f"kafka://{self.broker}/{topic}?group=all{at}")[0])
        ratios = [topic / file for topic, file in zip(rates["topic"], rates["file"])]
        for name, values in rates.items():
            print(f"all stages but embedding, from the {name}: {spread(values)} messages/s")
        print(f"topic : file {statistics.median(ratios):.2f} (min {min(ratios):.2f}, max {max(ratios):.2f})", flush=True)

    def reader(self, archive, topic, shared):
        """The command that reads `topic` into a new archive: a folder, or one on S3 and PostgreSQL."""
        url = f"kafka://{self.broker}/{topic}?group=late"
        if not shared:
            return [self.program, "ingest", archive, url]
        cluster.make_bucket(topic)
        subprocess.run([self.program, "init", archive, "--catalog", os.environ["CUSTOS_TEST_POSTGRES"], "--schema", topic,
                        "--storage", f"s3://{topic}/archive", "--set", f"s3.endpoint={os.environ['CUSTOS_TEST_S3']}"],
                       check=True, stdout=subprocess.DEVNULL)
        return [self.program, "worker", archive, "--source", url]

    def latency(self, embed, shared):
        """Milliseconds from before a message is sent until a search finds it; nothing else is sent."""
        name = self.topic([line_of(0, 8)])
        self.count += 1
        archive = self.folder / f"a{self.count}"
        models = ["--models", self.options.models] if self.options.models else []
        with open(self.folder / "log", "wb") as log:
            reader = subprocess.Popen([*self.reader(archive, name, shared), "--quiet", *models,
                                       *([] if embed else ["--no-embed"])], stdout=log, stderr=log)
        while not json.loads(subprocess.run([self.program, "status", archive, "--json"], capture_output=True,
                                            text=True).stdout or '{"stored":0}')["stored"]:
            time.sleep(0.1)
        search = subprocess.Popen([self.program, "search", archive, "--mode", "keyword", "--json", "--quiet"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        sender, times = cluster.Sender(name), []
        for probe in range(self.options.probes):
            word = f"zebra{probe}x"
            start = time.monotonic()
            sender.send(json.dumps({"id": word, "text": f"the word is {word}"}))
            sender.producer.flush()
            while True:
                search.stdin.write(word + "\n")
                search.stdin.flush()
                if not select.select([search.stdout], [], [], 30)[0]:
                    sys.exit("custos search does not answer")
                if json.loads(search.stdout.readline())["total"]:
                    break
                if time.monotonic() - start > 30:
                    sys.exit("a message was not found within 30 s")
                time.sleep(0.005)
            times.append(1000 * (time.monotonic() - start))
            time.sleep(random.uniform(0.1, 0.5))
        search.stdin.close()
        search.wait()
        reader.send_signal(signal.SIGINT)
        reader.wait()
        slowest = sorted(range(len(times)), key=lambda at: -times[at])[:3]
        times.sort()
        how = ", on S3 and PostgreSQL" * shared + ", with embedding" * embed
        print(f"sent to found{how}: p50 {times[len(times) // 2]:.0f} ms, p99 "
              f"{times[int(len(times) * 0.99)]:.0f} ms, max {times[-1]:.0f} ms of {len(times)} messages "
              f"(slowest: numbers {slowest})", flush=True)

    def close(self):
        for name in self.made:
            cluster.drop(name)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("program")
    parser.add_argument("--models")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--null-messages", type=int, default=1_000_000)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--probes", type=int, default=100)
    parser.add_argument("--only", choices=["rates", "latency"])
    options = parser.parse_args()
    services.up(["kafka", "s3", "postgres"])
    os.environ.update(services.environment())
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["CUSTOS_KEYS"] = f"{scratch}/keys"
        bench = Bench(options, pathlib.Path(scratch))
        if options.only != "latency":
            bench.rate_without_stages()
            bench.rate_beside_a_file()
        if options.only != "rates":
            for shared in (False, True):
                bench.latency(False, shared)
                bench.latency(True, shared)
        bench.close()


if __name__ == "__main__":
    main()
