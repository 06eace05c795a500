"""Simulates the workers of one archive on a cluster (docs/cluster.md) event by event, and balances its ledger.

usage: simulate_cluster.py [--messages N] [--workers N] [--kills N] [--stalls N] [--rebalances N] [--duplicates SHARE]
                           [--publication N] [--task N] [--hours N] [--seed N]
Prints a line; exits 1 when the ledger does not balance. `simulate_scale.py --check` runs many with fixed seeds.

Each worker takes a task by a lease of 60 seconds that it renews, reads, looks up what is stored, uploads segment and
pack, waits for the commit lock, looks again, commits, merges. Workers are killed at any step and come back as others,
stand still for seconds or for hours, and lose partitions of a stream to each other. The rules are those of the code,
written down once more: leases and tasks (src/store/catalog/sql_catalog_work.cc), blocks of keys and the optimistic
commit (postgres_catalog.cc), merging (src/store/local/merger.cc, merge_plan.cc). One task in four is a `custos ingest`
instead: it has no lease, and somebody else may read the same files. Times are made up; only their order matters.
"""
import argparse
import collections
import random
import sys

from simulated_catalog import (
    BLOCK_KEYS, Catalog, Clock, CommitLock, Item, LEASE_SECONDS, MERGE_LEASE_SECONDS, PUBLICATION_SECONDS, Process,
    RENEW_SECONDS, RULES, Refused, Segment, choose_merge)


class World:
    def __init__(self, options, without=None):
        self.options = options
        self.dice = random.Random(options.seed)
        self.clock = Clock()
        self.tasks = self.make_tasks()
        hours = [(self.dice.uniform(0, 3600 * options.hours), self.dice.random() < 0.75) for _ in self.tasks]
        self.catalog = Catalog(self.clock, hours, without)
        self.lock = CommitLock(self.clock)
        self.storage = {}  # (kind, number, revision) -> keys
        self.workers = []  # [Process of the work, Process that renews, leases held, orders]
        self.counts = self.catalog.counts
        self.made = 0
        self.faults = []

    def make_tasks(self):
        """Each a list of Items; duplicates lie anywhere, so that workers meet the same message at the same time."""
        contents = []
        for number in range(self.options.messages):
            known = contents and self.dice.random() < self.options.duplicates
            contents.append(contents[self.dice.randrange(max(0, len(contents) - 3 * self.options.task), len(contents))]
                            if known else number)
        places = range(0, len(contents), self.options.task)
        return [[Item((at, place), contents[place]) for place in range(first, min(first + self.options.task,
                                                                                   len(contents)))]
                for at, first in enumerate(places)]

    # -- A worker
    def start(self):
        self.made += 1
        owner = f"host/{self.made}"
        worker = {"owner": owner, "leases": {}, "orders": collections.deque(), "reads": None}
        worker["work"] = Process(self.clock, self.work(worker, owner))
        worker["keeper"] = Process(self.clock, self.keep(worker))
        self.workers.append(worker)

    def keep(self, worker):
        while True:
            yield RENEW_SECONDS
            for number, lease in list(worker["leases"].items()):
                if not self.catalog.renew(lease, self.catalog.patience(number)):
                    worker["leases"].pop(number)

    def work(self, worker, owner):
        while not all(task["state"] in ("done", "failed") for task in self.catalog.tasks):
            taken = None
            if worker["orders"]:
                taken = self.catalog.steal(worker["orders"].popleft(), owner)
            taken = taken or self.catalog.take_task(owner)
            if taken is None:
                yield 5.0
                continue
            number, lease = taken
            worker["leases"][number] = lease
            worker["reads"] = number
            try:
                yield from self.do_task(worker, owner, number, lease)
                self.catalog.finish_task(number, lease)
            except Refused as refusal:
                self.counts[f"refused: {refusal}"] += 1
                if str(refusal) != "place":  # somebody else is at it
                    self.catalog.release(lease)
                yield 1.0
            worker["leases"].pop(number, None)
            worker["reads"] = None

    def do_task(self, worker, owner, number, lease):
        done = self.catalog.progress[number]
        while done < len(self.tasks[number]):
            items = self.tasks[number][done:done + self.options.publication]
            yield from self.publish(worker["work"], number, lease, items, done + len(items))
            done += len(items)
            yield from self.merge(worker["work"], owner)

    def seconds(self, most):
        return self.dice.uniform(0, most)

    def read(self, items, block):
        """Rows of the ledger and new messages, as far as others had committed when each was looked up."""
        rows, held = [], {}
        key = (block - 1) * BLOCK_KEYS
        for first in range(0, len(items), 16):
            yield self.seconds(20)
            for item in items[first:first + 16]:
                known = held.get(item.content, self.catalog.stored.get(item.content))
                if known is None:
                    key += 1
                    held[item.content] = key
                rows.append((item.place, "stored" if known is None else "duplicate", known or key))
        return rows, held

    def publish(self, process, number, lease, items, done):
        block = self.catalog.take_block()
        try:
            rows, held = yield from self.read(items, block)
            pack = self.catalog.new_part(block, "pack")
            segment = None
            if held:
                segment = Segment(self.catalog.new_part(block, "segment"), 0, tuple(sorted(held.values())))
            yield self.seconds(2)
            self.put("pack", pack, 0, ())
            yield from self.settle(process, block, lease, rows, held, segment, pack, number, done)
        except Refused:
            self.lock.release(process)
            self.catalog.undo(block)
            raise

    def settle(self, process, block, lease, rows, held, segment, pack, number, done):
        while True:
            if segment is not None:
                yield self.seconds(2)
                self.put("segment", segment.number, segment.revision, segment.keys)
            self.catalog.keep_block(block)
            if not (yield self.lock):
                raise Refused("waited too long")
            turn = self.lock.turn
            late = {content: self.catalog.stored[content] for content in held if content in self.catalog.stored}
            if not late or not self.catalog.has("look again under the lock"):
                break
            self.lock.release(process)
            rows, held, segment = self.drop(rows, held, segment, late)
            self.counts["stored by another meanwhile"] += len(late)
            yield self.seconds(1)
        yield self.seconds(1)
        if not self.lock.holds(process, turn):
            raise Refused("stood still with the lock")
        self.catalog.commit(block, lease, rows, held, segment, pack, number, done)
        self.lock.release(process)

    def drop(self, rows, held, segment, late):
        """Late messages become duplicates; the segment is made without them."""
        instead = {held[content]: key for content, key in late.items()}
        rows = [(place, "duplicate", instead[key]) if key in instead else (place, status, key)
                for place, status, key in rows]
        held = {content: key for content, key in held.items() if content not in late}
        self.storage.pop(("segment", segment.number, segment.revision), None)
        keys = tuple(sorted(held.values()))
        return rows, held, Segment(segment.number, segment.revision + 1, keys) if keys else None

    def put(self, kind, number, revision, keys):
        """Only under a new name; the same bytes once more are no fault."""
        if self.storage.setdefault((kind, number, revision), keys) != keys:
            raise Refused("other bytes under that name")

    # -- Merging
    def merge(self, process, owner):
        lease = self.catalog.acquire("merge", owner, MERGE_LEASE_SECONDS)
        if lease is None:
            return
        self.sweep()
        try:
            while True:
                yield self.seconds(0.1)
                horizon = self.catalog.horizon()
                rows = sorted((row for row in self.catalog.segments.values() if row.keys[-1] < horizon),
                              key=lambda row: row.keys[0])
                found = choose_merge([(len(row.keys), 1000 * len(row.keys)) for row in rows])
                if not found or not self.catalog.renew(lease, MERGE_LEASE_SECONDS):
                    break
                yield from self.merge_rows(process, lease, rows[found[0]:found[1]])
        except Refused as refusal:
            self.lock.release(process)
            self.counts[f"refused: {refusal}"] += 1
        self.catalog.release(lease)

    def merge_rows(self, process, lease, rows):
        keys = tuple(key for row in rows for key in row.keys)
        merged = Segment(rows[0].number, rows[0].revision + 1, keys)
        yield self.seconds(4)
        self.put("segment", merged.number, merged.revision, keys)
        yield self.seconds(1)
        if not (yield self.lock):
            raise Refused("waited too long")
        turn = self.lock.turn
        yield self.seconds(0.2)
        if not self.lock.holds(process, turn):
            raise Refused("stood still with the lock")
        self.catalog.join(rows, merged, lease)
        self.lock.release(process)
        self.counts["merges"] += 1
        self.counts["messages merged"] += len(keys)
        for row in rows:
            self.storage.pop(("segment", row.number, row.revision), None)

    def sweep(self):
        for block in self.catalog.abandoned():
            for kind, number in self.catalog.parts.get(block, ()):
                for revision in range(9):
                    self.storage.pop((kind, number, revision), None)
            self.catalog.forget(block)
            self.counts["publications given up"] += 1

    # -- Disturbances
    def kill(self):
        worker = self.dice.choice(self.workers)
        if worker["work"].alive:
            worker["work"].alive = worker["keeper"].alive = False
            self.workers.remove(worker)
            self.counts["kills"] += 1
            process = worker["work"]
            if process in self.lock.waiting:
                self.lock.waiting.remove(process)
            self.lock.release(process)  # its transaction is rolled back
            self.clock.after(self.seconds(5), self.start)

    def stall(self):
        """Half of the times somebody who has something that others wait for: it is waited for such a one."""
        seconds = self.dice.choice((5, 40, 90, 400, 1200, 2 * PUBLICATION_SECONDS))
        who = self.dice.choice(("anyone", "anyone", "lock", "merge", "unleased"))
        self.stall_one(who, {"lock": 1200, "merge": 1200, "unleased": 2 * PUBLICATION_SECONDS}.get(who, seconds))

    def stall_one(self, who, seconds):
        merger = self.catalog.leases.get("merge", ["", 0, 0])
        found = [worker for worker in self.workers if who == "anyone" or
                 who == "lock" and self.lock.owner is worker["work"] or
                 who == "merge" and merger[2] > self.clock.now and merger[0] == worker["owner"] or
                 who == "unleased" and worker["reads"] is not None and
                 not self.catalog.tasks[worker["reads"]]["leased"]]
        if not found:
            self.clock.after(0.5, lambda: self.stall_one(who, seconds))
            return
        worker = self.dice.choice(found)
        worker["work"].still_until = worker["keeper"].still_until = self.clock.now + seconds
        self.counts["stalls"] += 1

    def let_one_straggle(self):
        """In its fifth publication, while the others go on and merge what lies around it."""
        self.catalog.tasks[0].update(opens=0.0, leased=False)

        def look():
            if self.catalog.progress[0] < 4 * self.options.publication:
                self.clock.after(1.0, look)
                return
            for worker in self.workers:
                if worker["reads"] == 0:
                    worker["work"].still_until = worker["keeper"].still_until = self.clock.now + 3 * PUBLICATION_SECONDS
                    self.counts["stalls"] += 1

        self.clock.after(1.0, look)

    def rebalance(self):
        """A partition of a stream goes to another reader, whether the one before knows it or not."""
        taken = [number for number, task in enumerate(self.catalog.tasks) if task["state"] == "taken"]
        worker = self.dice.choice(self.workers)
        if taken:
            number = self.dice.choice(taken)
            lease = self.catalog.leases[f"task/{number}"]
            worker["orders"].append(number)
            lease[1] += 1  # the group's protocol: from here on the one before is a stranger
            lease[2] = self.clock.now + LEASE_SECONDS
            self.counts["rebalances"] += 1

    def disturbances(self):
        calls = ([self.kill] * self.options.kills + [self.stall] * self.options.stalls +
                 [self.rebalance] * self.options.rebalances)
        self.dice.shuffle(calls)
        return calls

    def run(self):
        """Until the tasks are done and everything that was left behind is swept up."""
        for _ in range(self.options.workers):
            self.start()
        for call in self.disturbances():
            self.clock.after(self.dice.uniform(0, 3600 * self.options.hours), call)
        if self.options.straggler:
            self.let_one_straggle()
        horizon = 400 * PUBLICATION_SECONDS
        while not all(task["state"] in ("done", "failed") for task in self.catalog.tasks):
            if self.clock.now > horizon:
                self.faults.append("the tasks are never done")
                break
            self.clock.step()
            self.take_by_hand()
        end = self.clock.now
        while self.clock.events and self.clock.now < end + 4 * PUBLICATION_SECONDS:
            self.clock.step()
        last = Process(self.clock, self.merge(None, "last"))
        last.steps = self.merge(last, "last")
        while last.alive:
            self.clock.step()
        self.check()
        return self

    def take_by_hand(self):
        """What was given up after ten attempts somebody ingests without a task, when he sees it in the counts."""
        for task in self.catalog.tasks:
            if task["state"] == "failed":
                task.update(state="waiting", attempts=0, leased=False)
                self.counts["tasks given up, then taken by hand"] += 1

    # -- The balance
    def check(self):
        catalog, faults = self.catalog, self.faults
        places = {item.place: item.content for task in self.tasks for item in task}
        if set(catalog.ledger) != set(places):
            faults.append(f"{len(set(places) - set(catalog.ledger))} places are not in the ledger")
        if catalog.ledger_rows != len(places):
            faults.append(f"{catalog.ledger_rows} rows were written for {len(places)} places")
        wrong = sum(catalog.messages.get(key) != places.get(place) for place, (_, key) in catalog.ledger.items())
        if wrong:
            faults.append(f"{wrong} rows of the ledger name another message")
        status = collections.Counter(status for status, _ in catalog.ledger.values())
        distinct = len(set(places.values()))
        if not status["stored"] == len(catalog.messages) == distinct:
            faults.append(f"{status['stored']} rows stored, {len(catalog.messages)} messages, {distinct} there are")
        if status["stored"] + status["duplicate"] != len(places):
            faults.append("found is not stored + duplicates")
        self.check_segments()

    def check_segments(self):
        rows = sorted(self.catalog.segments.values(), key=lambda row: row.keys[0])
        keys = [key for row in rows for key in row.keys]
        if sorted(keys) != sorted(self.catalog.messages):
            self.faults.append("segments have other messages than the catalog")
        if keys != sorted(set(keys)):
            self.faults.append("ranges of segments overlap")
        named = {("segment", row.number, row.revision): row.keys for row in rows}
        named.update({("pack", pack, 0): () for pack in self.catalog.packs})
        missing = [name for name, content in named.items() if self.storage.get(name) != content]
        if missing:
            self.faults.append(f"{len(missing)} objects that the catalog names are not in the storage")
        # One that stood still may upload what it has after others have swept up behind it. That costs room, no message.
        if left := len(self.storage) - len(named):
            self.counts["objects left behind"] += left
        if left and not self.counts["stalls"]:
            self.faults.append(f"{left} objects that nothing names were left behind")
        if len({row.number for row in rows}) != len(rows):
            self.faults.append("two segments have one number")

    def line(self):
        status = collections.Counter(status for status, _ in self.catalog.ledger.values())
        what = ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items()) if count)
        return (f"seed {self.options.seed}: {len(self.catalog.ledger)} found = {status['stored']} stored + "
                f"{status['duplicate']} duplicates in {len(self.catalog.segments)} segments; {what}; "
                f"{'; '.join(self.faults) or 'balanced'}")


def parser():
    made = argparse.ArgumentParser(usage=__doc__)
    for name, default, kind in (("messages", 12000, int), ("workers", 8, int), ("kills", 60, int), ("stalls", 30, int),
                                ("rebalances", 20, int), ("duplicates", 0.2, float), ("publication", 64, int),
                                ("task", 512, int), ("hours", 8.0, float), ("seed", 1, int)):
        made.add_argument(f"--{name}", type=kind, default=default)
    made.add_argument("--straggler", action="store_true")
    return made


# What the simulations of a check must have met, or they prove nothing.
WANTED = ("kills", "leases that ran out", "stored by another meanwhile", "refused: place", "refused: token",
          "refused: given up", "refused: stood still with the lock", "refused: waited too long", "refused: merge token",
          "publications given up", "merges")
SEEDS = range(1, 13)


def simulate(seed, without=None):
    """One in three without any that stand still, one with nothing but one that comes back after hours."""
    more = (["--stalls", "0", "--kills", "120"],
            ["--stalls", "0", "--kills", "0", "--rebalances", "0", "--straggler"], [])[seed % 3]
    return World(parser().parse_args(["--seed", str(seed), *more]), without).run()


def check():
    good = True
    met = collections.Counter()
    for seed in SEEDS:
        world = simulate(seed)
        met.update(world.counts)
        if world.faults:
            good = False
            print(world.line())
    for name in WANTED:
        if not met[name]:
            good = False
            print(f"no simulation had: {name}")
    for rule in RULES:
        if not any(simulate(seed, rule).faults for seed in SEEDS):
            good = False
            print(f"without \"{rule}\" everything balances: the check sees nothing")
    print(f"{len(SEEDS)} simulations {'balance' if good else 'DO NOT BALANCE'}: " +
          ", ".join(f"{count} {name}" for name, count in sorted(met.items())))
    return good


def main():
    world = World(parser().parse_args()).run()
    print(world.line())
    sys.exit(bool(world.faults))


if __name__ == "__main__":
    main()
