"""Simulates workers on one archive, and projects what archives of up to ten billion messages take.

usage: simulate_scale.py                 the simulation with growing numbers of workers, then the projection
       simulate_scale.py --check         a short simulation with many kills; exits 1 when a ledger does not balance

The simulation has the rules of the real thing in small: tasks by leases of 60 seconds with tokens, blocks of keys, a
commit that happens under one lock and refuses who lost its lease, duplicates that are found only then, abandoned
publications, the merge plan of src/store/local/merge_plan.cc with one elected merger. Events are in seconds of simulated
time. The projection multiplies what was measured (MEASURED, docs/scale.md says how); prices are list prices.
"""
import argparse
import collections
import heapq
import random
import sys

LEASE_SECONDS = 60
RENEW_SECONDS = 20
BLOCK_KEYS = 65536
MERGE_FACTOR = 8
MERGED_MESSAGES_MAX = 1 << 20
MERGED_POSTINGS_MAX = 96 << 20

# Of one message of the Enron set, 3.4 kB of mail on average; docs/scale.md says how each was measured.
MEASURED = {
    "original_bytes": 850,
    "segment_bytes": 3603 + 2.37 * 768,  # with vectors of 384 halves
    "postings_bytes": 1109,
    "chunks": 2.37,
    "catalog_sqlite_bytes": 846,
    "catalog_postgres_bytes": 2273,
    "catalog_rows": 9.5,          # of them 5.5 in thread_key
    "ingest_per_core": 5000,      # messages a second without embedding
    "ingest_embed_per_core": 90,  # with embedding, on cores with AMX
    "commit_seconds": 1.6,        # under the lock, of a full publication of 16,384 messages
    "merge_per_second": 20000,    # messages that one merger writes again: assumed, not measured
    "milvus_bytes_per_vector": 384 * 4 + 16 * 2 * 4 + 100,  # computed: vector, HNSW's links (M 16), fields
}
# US dollars, list prices of AWS us-east-1 in November 2026 as far as they are public: rounded, to be replaced by one's own.
PRICES = {
    "s3_gb_month": 0.023,
    "s3_put": 0.005 / 1000,
    "ssd_gb_month": 0.08,      # gp3
    "core_month": 30.0,        # of a general-purpose machine on demand, 4 GB of memory with it
    "memory_gb_month": 3.6,
}


def tier_of(messages):
    tier = 0
    while messages >= MERGE_FACTOR:
        messages //= MERGE_FACTOR
        tier += 1
    return tier


def choose_merge(sizes, postings_bytes):
    """src/store/local/merge_plan.cc: (begin, end) of neighbours, or nothing."""
    tiers = [tier_of(size) for size in sizes]
    for tier in range(tier_of(MERGED_MESSAGES_MAX) + 1):
        for begin, size in enumerate(sizes):
            if tiers[begin] != tier:
                continue
            found = messages = 0
            for at in range(begin, len(sizes)):
                messages += sizes[at]
                if (tiers[at] > tier or messages > MERGED_MESSAGES_MAX or
                        messages * postings_bytes > MERGED_POSTINGS_MAX):
                    break
                found += tiers[at] == tier
                if found == MERGE_FACTOR:
                    return begin, at + 1
    return None


class Task:
    def __init__(self, contents):
        self.contents = contents  # of its messages, in order; equal numbers are the same message
        self.resume = 0           # committed
        self.token = 0
        self.expires = 0.0
        self.is_done = False


class Archive:
    """The catalog: what a commit makes true."""

    def __init__(self):
        self.stored = {}          # content -> (key, how many were stored before it)
        self.ledger = {}          # (task, position) -> "stored" or "duplicate"
        self.segments = []        # [first key, messages]
        self.open_blocks = set()  # of publications that may still commit
        self.next_block = 0
        self.lock_free_at = 0.0
        self.lock_busy = 0.0
        self.merging_until = 0.0
        self.written = 0          # messages, merges included
        self.late = self.refused = self.merges = self.faults = 0


class Simulation:
    def __init__(self, options, seed):
        self.options = options
        self.dice = random.Random(seed)
        self.archive = Archive()
        self.tasks = self.make_tasks()
        self.events = []  # (time, number, what, arguments)
        self.number = 0
        self.kills = 0
        self.life = [0] * options.workers  # of each worker: events of a life before do not count
        self.now = 0.0
        self.ended = 0.0

    def make_tasks(self):
        unique = self.options.messages
        contents = list(range(unique))
        contents += [self.dice.randrange(unique) for _ in range(int(unique * self.options.duplicates))]
        self.dice.shuffle(contents)
        size = self.options.task_messages
        return [Task(contents[at:at + size]) for at in range(0, len(contents), size)]

    def at(self, time, what, *arguments):
        self.number += 1
        heapq.heappush(self.events, (time, self.number, what, arguments))

    def run(self):
        for worker in range(self.options.workers):
            self.at(self.dice.random(), self.look, worker, 0)
            self.plan_kill(worker, 0)
        while self.events and not all(task.is_done for task in self.tasks):
            self.now, _, what, arguments = heapq.heappop(self.events)
            what(*arguments)
        self.ended = self.now
        return self

    def plan_kill(self, worker, life):
        if self.options.kill_every and self.kills < self.options.kills_max:
            self.at(self.now + self.dice.expovariate(1 / self.options.kill_every), self.kill, worker, life)

    def kill(self, worker, life):
        """What it has not committed is gone; its lease runs out; it is started again."""
        if self.life[worker] != life or self.kills >= self.options.kills_max:
            return
        self.kills += 1
        self.life[worker] += 1
        self.at(self.now + self.dice.uniform(0.1, 5), self.look, worker, self.life[worker])
        self.plan_kill(worker, self.life[worker])

    def look(self, worker, life):
        """Takes the oldest task that waits, by its lease."""
        if self.life[worker] != life:
            return
        for task in self.tasks:
            if not task.is_done and task.expires <= self.now:
                task.token += 1
                task.expires = self.now + LEASE_SECONDS
                self.at(self.now + RENEW_SECONDS, self.renew, worker, life, task, task.token)
                return self.publish(worker, life, task, task.token)
        self.at(self.now + 0.5, self.look, worker, life)

    def renew(self, worker, life, task, token):
        if self.life[worker] != life or task.is_done or task.token != token or task.expires < self.now:
            return
        # A worker that stands still for too long, as a machine may, loses its lease without noticing.
        if self.dice.random() < self.options.stall_share:
            return
        task.expires = self.now + LEASE_SECONDS
        self.at(self.now + RENEW_SECONDS, self.renew, worker, life, task, token)

    def publish(self, worker, life, task, token):
        archive = self.archive
        block = archive.next_block
        archive.next_block += 1
        archive.open_blocks.add(block)
        begin = task.resume
        end = min(begin + self.options.publication, len(task.contents))
        known = len(archive.stored)  # as of now: what others commit meanwhile is found under the lock
        seconds = (end - begin) / self.options.rate * self.dice.uniform(0.7, 1.6)
        self.at(self.now + seconds, self.wait_for_lock, worker, life, task, token, block, begin, end, known)

    def wait_for_lock(self, worker, life, task, token, block, begin, end, known):
        archive = self.archive
        if self.life[worker] != life:
            archive.open_blocks.discard(block)  # abandoned: whoever merges removes what it left
            return
        start = max(self.now, archive.lock_free_at)
        seconds = self.options.commit_seconds * (end - begin) / self.options.publication
        archive.lock_free_at = start + seconds
        archive.lock_busy += seconds
        self.at(archive.lock_free_at, self.commit, worker, life, task, token, block, begin, end, known)

    def commit(self, worker, life, task, token, block, begin, end, known):
        archive = self.archive
        archive.open_blocks.discard(block)
        if self.life[worker] != life:
            return
        if self.options.fencing and (task.token != token or task.expires <= self.now):
            archive.refused += 1
            return self.look(worker, life)
        added = 0
        for position in range(begin, end):
            content = task.contents[position]
            if (task, position) in archive.ledger:
                archive.faults += 1
            if content in archive.stored:
                archive.late += archive.stored[content][1] >= known
                archive.ledger[task, position] = "duplicate"
                continue
            key = block * BLOCK_KEYS + added
            added += 1
            archive.stored[content] = key, len(archive.stored)
            archive.ledger[task, position] = "stored"
        if added:
            archive.segments.append([block * BLOCK_KEYS, added])
            archive.segments.sort()
            archive.written += added
        task.resume = end
        task.is_done = end == len(task.contents)
        if self.options.merge and self.now >= archive.merging_until:
            self.merge()
        if task.is_done:
            return self.look(worker, life)
        return self.publish(worker, life, task, token)

    def merge(self):
        archive = self.archive
        horizon = min(archive.open_blocks, default=archive.next_block) * BLOCK_KEYS
        below = [segment for segment in archive.segments if segment[0] < horizon]
        found = choose_merge([size for _, size in below], self.options.postings_bytes)
        if not found:
            return
        begin, end = found
        messages = sum(size for _, size in below[begin:end])
        archive.segments[begin:end] = [[below[begin][0], messages]]
        archive.written += messages
        archive.merges += 1
        archive.merging_until = self.now + messages / self.options.merge_rate

    def faults(self):
        """What would have to be true of any archive, and is not."""
        archive, found = self.archive, []
        total = sum(len(task.contents) for task in self.tasks)
        outcomes = collections.Counter(archive.ledger.values())
        if len(archive.ledger) != total:
            found.append(f"{total - len(archive.ledger)} of {total} messages have no row")
        if archive.faults:
            found.append(f"{archive.faults} messages were accounted for twice")
        if outcomes["stored"] != self.options.messages or len(archive.stored) != self.options.messages:
            found.append(f"{outcomes['stored']} rows and {len(archive.stored)} messages of {self.options.messages}")
        if len({key for key, _ in archive.stored.values()}) != len(archive.stored):
            found.append("a key was given twice")
        if sum(size for _, size in archive.segments) != len(archive.stored):
            found.append("the segments do not have what is stored")
        return found

    def describe(self):
        archive = self.archive
        return (f"{self.options.workers:>4} workers, {self.kills} kills, {len(self.tasks)} tasks: "
                f"{len(archive.ledger)} found = {len(archive.stored)} stored + "
                f"{len(archive.ledger) - len(archive.stored)} duplicates; {archive.late} found only under the lock, "
                f"{archive.refused} commits refused; {self.ended:,.0f} s, lock busy "
                f"{archive.lock_busy / max(self.ended, 1e-9):.0%}, {len(archive.segments)} segments, each message "
                f"written {archive.written / len(archive.stored):.2f} times")


def options_of(**changes):
    base = {"workers": 4, "messages": 200_000, "duplicates": 0.3, "task_messages": 2000, "publication": 1000,
            "rate": 1000.0, "commit_seconds": 0.05, "merge_rate": 20000.0, "postings_bytes": 500, "kill_every": 0.0,
            "kills_max": 0, "stall_share": 0.0, "fencing": True,
            "merge": True}
    return argparse.Namespace(**{**base, **changes})


def disturbed(seed, **changes):
    return Simulation(options_of(workers=4 + 4 * (seed % 3), messages=30_000, rate=25.0, kill_every=40.0, kills_max=500,
                                 stall_share=0.3, publication=(100, 1000)[seed % 2], **changes), seed).run()


def check():
    good = True
    refused = 0
    for seed in range(6):
        simulation = disturbed(seed)
        refused += simulation.archive.refused
        print(simulation.describe())
        for fault in simulation.faults():
            good = False
            print(f"FAULT: {fault}")
    if refused == 0:
        good = False
        print("FAULT: no worker ever lost its lease")
    # What this would look like without tokens: the check must be able to fail.
    if not any(disturbed(seed, fencing=False).faults() for seed in range(6)):
        good = False
        print("FAULT: without fencing nothing was noticed")
    return good


def simulate_growth():
    unit = 128  # one message of the simulation stands for so many
    publication = 16384 // unit
    for what, rate in (("without embedding", "ingest_per_core"), ("with embedding", "ingest_embed_per_core")):
        print(f"Workers of one core {what}, publications of 16,384 messages, no kills:")
        for workers in (1, 4, 8, 16, 64, 256):
            messages = publication * max(64, workers * 6)
            simulation = Simulation(options_of(
                workers=workers, messages=messages, duplicates=0.0, task_messages=publication * 2,
                publication=publication, rate=MEASURED[rate] / unit, commit_seconds=MEASURED["commit_seconds"],
                merge=False), 1).run()  # full segments are not merged: their postings are too large
            print(f"{workers:>6} workers: {messages * unit / simulation.ended:>8,.0f} messages/s, lock busy "
                  f"{simulation.archive.lock_busy / simulation.ended:.0%}")


def projection():
    m, p = MEASURED, PRICES
    gb = 1e9
    print("\nArchives of so many messages (mail of the size measured):")
    for messages in (10**6, 10**7, 10**8, 10**9, 10**10):
        originals = messages * m["original_bytes"] / gb
        segments = messages * m["segment_bytes"] / gb
        catalog = messages * m["catalog_postgres_bytes"] / gb
        vectors = messages * m["chunks"]
        rows = messages * m["catalog_rows"]
        milvus = vectors * m["milvus_bytes_per_vector"] / gb
        count = -(-messages // 16384)
        publications = count
        objects = publications * 7  # six files of a segment, and a pack
        days = messages / (m["ingest_embed_per_core"] * 64) / 86400
        month = ((originals + segments) * p["s3_gb_month"] + catalog * p["ssd_gb_month"] +
                 milvus * p["memory_gb_month"])
        work = messages / m["ingest_embed_per_core"] / 3600 / 730 * p["core_month"] + objects * p["s3_put"]
        print(f"{messages:>14,}: originals {originals:,.1f} GB, segments {segments:,.1f} GB in {count:,}, catalog "
              f"{catalog:,.1f} GB ({rows:,.0f} rows), {vectors:,.0f} vectors = {milvus:,.1f} GB in Milvus' memory, "
              f"{objects:,} objects; embedding on 64 cores {days:,.3f} days")
        print(f"{'':>14}  ${month:,.2f} a month to keep = ${month / messages * 1e6:.2f} a million messages (without "
              f"Milvus ${(month - milvus * p['memory_gb_month']) / messages * 1e6:.3f}); once ${work:,.2f} to take in")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        good = check()
        print("6 simulations, 0 failed" if good else "some failed")
        sys.exit(0 if good else 1)
    simulate_growth()
    projection()


if __name__ == "__main__":
    main()
