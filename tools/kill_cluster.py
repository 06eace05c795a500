"""Kills workers and servers of an archive on a cluster at random, and checks that every message is there once.

usage: kill_cluster.py CUSTOS KILLS [--seed N] [--workers N] [--messages N] [--every SECONDS] [--vectors]
example: python3 tools/services.py run python3 tools/kill_cluster.py build/release/bin/custos 500

Half of the workers take tasks (files in S3), half read a topic. Of ten kills nine are of a worker (SIGKILL), and one of
Kafka, the S3 server or PostgreSQL, which is started again with the data that it had; with --vectors also of Milvus, which
has the vector of every message then. One message in ten is in a file and in the topic. Afterwards workers finish
undisturbed. Prints one line; exits 1 when a message is lost or stored twice, lacks its vector, or verify finds a fault.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import cluster
import services

FILE_MESSAGES = 20
WORDS = "harbour ledger invoice copper meeting barley turbine review shipment quota valley draft".split()
# Small commits, so that kills fall between, inside and after them.
SMALL = ["--quiet", "--workers", "1", "--set", "pipeline.segment_messages=50", "--set", "s3.retry_seconds=20"]


def text_of(number):
    dice = random.Random(number)
    return " ".join(dice.choices(WORDS, k=dice.randrange(5, 60)))


def line_of(number):
    return json.dumps({"id": f"m{number}", "text": text_of(number), "from": f"p{number % 50}@example.com",
                       "date": f"2024-01-{1 + number % 28:02d}T00:00:00Z"})


class Trial:
    def __init__(self, options):
        self.options = options
        self.program = str(pathlib.Path(options.program).resolve())
        self.dice = random.Random(options.seed)
        self.name = f"kills{options.seed}"
        self.folder = pathlib.Path(tempfile.mkdtemp())
        os.environ["CUSTOS_KEYS"] = str(self.folder / "keys")
        self.killed = collections.Counter()
        self.workers = {}
        self.servers = ("kafka", "s3", "postgres") + (("milvus",) if options.vectors else ())
        self.small = [*SMALL, *([] if options.vectors else ["--no-embed"])]
        self.in_files = self.in_topic = 0

    def custos(self, *arguments, check=True):
        done = subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True)
        if check and done.returncode != 0:
            sys.exit(f"custos {' '.join(map(str, arguments))} failed with {done.returncode}:\n"
                     f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def prepare(self):
        cluster.make_bucket(self.name)
        cluster.make_topic(self.name, 4)
        self.init("a")
        files = self.folder / "files"
        files.mkdir()
        half = self.options.messages // 2
        numbers = list(range(half))
        # Half of them in one large file, which workers read in parts.
        (files / "large.jsonl").write_text("".join(line_of(number) + "\n" for number in numbers[half // 2:]))
        for first in range(0, half // 2, FILE_MESSAGES):
            lines = [line_of(number) for number in numbers[first:min(first + FILE_MESSAGES, half // 2)]]
            (files / f"{first:08}.jsonl").write_text("\n".join(lines) + "\n")
        self.in_files = half
        cluster.put(f"{self.name}/mail", files)
        self.custos("enqueue", self.folder / "a", f"s3://{self.name}/mail", "--task-files", 2, "--task-bytes", 20_000)

    def init(self, name, *how):
        vectors = ["--vectors", f"milvus://{os.environ['CUSTOS_TEST_MILVUS']}/{self.name}"]
        self.custos("init", self.folder / name, *how, "--catalog", os.environ["CUSTOS_TEST_POSTGRES"], "--schema",
                    self.name, "--storage", f"s3://{self.name}/archive", *(vectors if self.options.vectors else []),
                    "--set", f"s3.endpoint={os.environ['CUSTOS_TEST_S3']}")

    def start(self, at):
        command = [self.program, "worker", str(self.folder / f"a{at}"), *self.small]
        if at % 2:
            command += ["--source", f"kafka://{os.environ['CUSTOS_TEST_KAFKA']}/{self.name}?group=kills", "--set",
                        f'kafka.properties=["group.instance.id=w{at}"]']
        log = open(self.folder / f"worker{at}.log", "ab")
        self.workers[at] = subprocess.Popen(command, stdout=log, stderr=log)

    def kill_worker(self):
        at = self.dice.choice(list(self.workers))
        if self.workers[at].poll() is None:
            self.workers[at].send_signal(signal.SIGKILL)
            self.killed["workers"] += 1
        else:
            self.killed["ended by themselves"] += 1
        self.workers[at].wait()
        self.start(at)

    def restart(self, name):
        running = services.load()
        services.SERVERS[name].kill(running[name])
        time.sleep(self.dice.uniform(0, 1))
        services.begin(services.SERVERS[name], running, running[name])
        self.killed[name] += 1

    def disturb(self):
        sender = cluster.Sender(self.name)
        # One of ten is in a file as well.
        half = self.options.messages // 2
        waiting = [number + half if number % 10 else number for number in range(half)]
        self.in_topic = len(waiting)
        portion = max(1, len(waiting) // max(1, self.options.kills))
        for at in range(self.options.workers):
            self.init(f"a{at}", "--join")
            self.start(at)
        kills = 0
        while kills < self.options.kills:
            for number in waiting[:portion]:
                sender.send(line_of(number))
            del waiting[:portion]
            time.sleep(self.dice.uniform(0, 2 * self.options.every))
            if self.dice.random() < 0.1:
                self.restart(self.dice.choice(self.servers))
            else:
                self.kill_worker()
            kills = sum(self.killed[name] for name in ("workers", *self.servers))
            if kills % 50 == 0:
                print(f"{kills} kills: {dict(self.killed)}", file=sys.stderr, flush=True)
        for number in waiting:
            sender.send(line_of(number))
        sender.finish()
        for process in self.workers.values():
            process.kill()
            process.wait()

    def finish(self):
        """Leases and group members that were killed are waited for by the workers themselves."""
        self.custos("worker", self.folder / "a", *self.small, "--until-done")
        topic = f"kafka://{os.environ['CUSTOS_TEST_KAFKA']}/{self.name}?group=kills"
        self.custos("worker", self.folder / "a", *self.small, "--source", topic, "--set", "kafka.until_end=true")

    def check_vectors(self):
        """Points of publications that died are extra, and go; none may be missing."""
        before = json.loads(self.custos("vectors", self.folder / "a", "--json", check=False))
        after = json.loads(self.custos("vectors", self.folder / "a", "--mend", "--json", check=False))
        print(f"vectors: {before['expected']} expected, {before['there']} there, {before['missing']} missing, "
              f"{before['extra']} extra; after --mend {after['there']} there")
        if before["missing"] or not after["ok"]:
            return [f"{before['missing']} vectors were missing; after --mend: {after}"]
        return []

    def check(self):
        faults = self.check_vectors() if self.options.vectors else []
        status = json.loads(self.custos("status", self.folder / "a", "--json"))
        verified = json.loads(self.custos("verify", self.folder / "a", "--json", check=False))
        faults += verified["problems"][:5]
        self.custos("export", self.folder / "a", self.folder / "out", "--format", "jsonl")
        stored = collections.Counter(json.loads(line)["id"] for line in open(self.folder / "out/messages.jsonl"))
        half = self.options.messages // 2
        wanted = {f"m{number}" for number in range(half)}
        wanted |= {f"m{number + half if number % 10 else number}" for number in range(half)}
        lost, twice = wanted - set(stored), [name for name, count in stored.items() if count > 1]
        strange = set(stored) - wanted
        if lost or twice or strange:
            faults.append(f"{len(lost)} lost, {len(twice)} twice, {len(strange)} that nobody sent")
        if status["found"] != self.in_files + self.in_topic:
            faults.append(f"the ledger has {status['found']} of {self.in_files + self.in_topic} that were sent")
        kinds = ", ".join(f"{count} {name}" for name, count in sorted(self.killed.items()))
        print(f"{sum(self.killed[name] for name in ('workers', *self.servers))} kills (seed {self.options.seed}: {kinds}); "
              f"{status['found']} found = {status['stored']} stored + {status['duplicates']} duplicates + "
              f"{status['failed']} failed; {len(lost)} lost, {len(twice)} twice; {len(verified['problems'])} faults "
              f"found by verify; {status['segments']} segments")
        for fault in faults:
            print(f"FAULT: {fault}")
        return not faults


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("program")
    parser.add_argument("kills", type=int)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 20))
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--messages", type=int, default=20000)
    parser.add_argument("--every", type=float, default=0.5, help="seconds between kills, on average")
    parser.add_argument("--vectors", action="store_true", help="embed, and keep the vectors in Milvus too")
    options = parser.parse_args()
    needed = ("KAFKA", "S3", "POSTGRES", "MILVUS")[:4 if options.vectors else 3]
    missing = [name for name in needed if not os.environ.get(f"CUSTOS_TEST_{name}")]
    if missing:
        print(f"there is no CUSTOS_TEST_{missing[0]}: services.py starts the servers", file=sys.stderr)
        sys.exit(1 if os.environ.get("CUSTOS_SERVICES_REQUIRED") else 77)
    trial = Trial(options)
    trial.prepare()
    try:
        trial.disturb()
        trial.finish()
        good = trial.check()
    finally:
        for process in trial.workers.values():
            process.kill()
    if not good:
        sys.exit(1)
    cluster.drop(trial.name)


if __name__ == "__main__":
    main()
