"""The parts of simulate_cluster.py that all workers share: the clock, the commit lock, the catalog and the merge plan, as
the code has them (src/store/catalog, src/store/local/merge_plan.cc)."""
import collections
import heapq

LEASE_SECONDS = 60
RENEW_SECONDS = LEASE_SECONDS / 4
MERGE_LEASE_SECONDS = 600
LOCK_WAIT_SECONDS = 300  # one that waits longer for the commit lock gives up
LOCK_IDLE_SECONDS = 900  # a transaction that stands still with the lock is ended by the server
PUBLICATION_SECONDS = 3600
BLOCK_KEYS = 65536
TASK_ATTEMPTS_MAX = 10
MERGE_FACTOR = 8
MERGED_MESSAGES_MAX = 1 << 20
MERGED_POSTINGS_BYTES_MAX = 96 << 20
GIVEN_UP = -1
# Without one of these a ledger must come out wrong, or the check of it is none. The token of a lease is not among them:
# where it is not looked at, the ledger's key still refuses the second row for a place.
RULES = ("look again under the lock", "one row for a place", "merge below the horizon", "refuse what was given up")


def tier_of(messages):
    tier = 0
    while messages >= MERGE_FACTOR:
        messages //= MERGE_FACTOR
        tier += 1
    return tier


def range_from(segments, begin, tier):
    found = messages = postings = 0
    for at in range(begin, len(segments)):
        messages += segments[at][0]
        postings += segments[at][1]
        own = tier_of(segments[at][0])
        if own > tier or messages > MERGED_MESSAGES_MAX or postings > MERGED_POSTINGS_BYTES_MAX:
            return None
        found += own == tier
        if found == MERGE_FACTOR:
            return begin, at + 1
    return None


def choose_merge(segments):
    """The range [begin, end) of (messages, bytes of postings) to merge next, or None: merge_plan.cc."""
    tiers = [tier_of(messages) for messages, _ in segments]
    for tier in range(tier_of(MERGED_MESSAGES_MAX) + 1):
        if tiers.count(tier) < MERGE_FACTOR:
            continue
        for begin, own in enumerate(tiers):
            if own == tier and (found := range_from(segments, begin, tier)):
                return found
    return None


class Refused(Exception):
    """What a worker is told instead of done; it opens the archive anew."""


class Clock:
    def __init__(self):
        self.now = 0.0
        self.events = []
        self.count = 0

    def after(self, seconds, call):
        self.count += 1
        heapq.heappush(self.events, (self.now + seconds, self.count, call))

    def step(self):
        self.now, _, call = heapq.heappop(self.events)
        call()


class Process:
    """A generator that yields seconds to wait, or a CommitLock to have; it gets False where that took too long."""

    def __init__(self, clock, steps):
        self.clock, self.steps = clock, steps
        self.alive, self.still_until = True, 0.0
        clock.after(0, self.resume)

    def resume(self, value=None):
        if not self.alive:
            return
        if self.clock.now < self.still_until:
            self.clock.after(self.still_until - self.clock.now, lambda: self.resume(value))
            return
        try:
            wanted = self.steps.send(value)
        except StopIteration:
            self.alive = False
            return
        if isinstance(wanted, CommitLock):
            wanted.wait(self)
        else:
            self.clock.after(wanted, self.resume)


class CommitLock:
    def __init__(self, clock):
        self.clock = clock
        self.owner = None
        self.waiting = collections.deque()
        self.turn = 0  # grows with each owner

    def wait(self, process):
        if self.owner is None:
            self.give(process)
            return
        self.waiting.append(process)
        self.clock.after(LOCK_WAIT_SECONDS, lambda: self.too_long(process))

    def too_long(self, process):
        if process in self.waiting:
            self.waiting.remove(process)
            process.resume(False)

    def give(self, process):
        self.owner = process
        self.turn += 1
        turn = self.turn
        self.clock.after(0, lambda: process.resume(True))
        self.clock.after(LOCK_IDLE_SECONDS, lambda: self.end_idle(process, turn))

    def end_idle(self, process, turn):
        if self.owner is process and self.turn == turn and process.still_until > self.clock.now:
            self.release(process)

    def release(self, process):
        if self.owner is not process:
            return
        self.owner = None
        while self.waiting and self.owner is None:
            following = self.waiting.popleft()
            if following.alive:
                self.give(following)

    def holds(self, process, turn):
        return self.owner is process and self.turn == turn


Segment = collections.namedtuple("Segment", "number revision keys")  # keys: ascending
Item = collections.namedtuple("Item", "place content")
Lease = collections.namedtuple("Lease", "name owner token")


class Catalog:
    """What is committed. Each method is one transaction."""

    def __init__(self, clock, tasks, without):
        self.clock, self.without = clock, without
        # opens: when it is there to be taken
        self.tasks = [{"state": "waiting", "attempts": 0, "opens": opens, "leased": leased} for opens, leased in tasks]
        self.leases = {}  # name -> [owner, token, expires]
        self.publications = {}  # block -> expires
        self.parts = collections.defaultdict(list)  # block -> names of segments and packs
        self.blocks = self.segment_numbers = self.pack_numbers = 0
        self.ledger = {}  # place -> (status, key)
        self.ledger_rows = 0
        self.messages = {}  # key -> content
        self.stored = {}  # content -> key
        self.segments = {}  # number -> Segment
        self.packs = set()
        self.progress = collections.Counter()  # task -> items that are done with
        self.counts = collections.Counter()

    def has(self, rule):
        return rule != self.without

    # -- Leases and tasks
    def acquire(self, name, owner, seconds, by_force=False):
        row = self.leases.setdefault(name, ["", 0, 0.0])
        if not by_force and row[2] > self.clock.now and row[0] != owner:
            return None
        row[:] = [owner, row[1] + 1, self.clock.now + seconds]
        return Lease(name, owner, row[1])

    def holds(self, lease):
        owner, token, expires = self.leases[lease.name]
        return (owner, token) == (lease.owner, lease.token) and expires > self.clock.now

    def renew(self, lease, seconds):
        if self.holds(lease):
            self.leases[lease.name][2] = self.clock.now + seconds
            return True
        return False

    def release(self, lease):
        owner, token, _ = self.leases[lease.name]
        if (owner, token) == (lease.owner, lease.token):
            self.leases[lease.name][2] = 0

    def take_task(self, owner):
        for number, task in enumerate(self.tasks):
            if task["state"] == "done" or task["opens"] > self.clock.now:
                continue
            over = task["state"] == "taken" and self.leases[f"task/{number}"][2] <= self.clock.now
            if over and task["leased"] and task["attempts"] >= TASK_ATTEMPTS_MAX:
                task["state"] = "failed"
            elif over or task["state"] == "waiting":
                task["state"] = "taken"
                task["attempts"] += 1
                self.counts["leases that ran out"] += over
                return number, self.acquire(f"task/{number}", owner, self.patience(number), True)
        return None

    def patience(self, number):
        """How long it takes until somebody runs the same command again."""
        return LEASE_SECONDS if self.tasks[number]["leased"] else 6 * PUBLICATION_SECONDS

    def steal(self, number, owner):
        if self.tasks[number]["state"] == "done":
            return None
        self.tasks[number]["state"] = "taken"
        return number, self.acquire(f"task/{number}", owner, self.patience(number), True)

    def finish_task(self, number, lease):
        owner, token, _ = self.leases[lease.name]
        if (owner, token) == (lease.owner, lease.token):
            self.tasks[number]["state"] = "done"
        self.release(lease)

    # -- Publications
    def take_block(self):
        self.blocks += 1
        self.publications[self.blocks] = self.clock.now + PUBLICATION_SECONDS
        return self.blocks

    def check_open(self, block):
        if self.publications.get(block, GIVEN_UP) == GIVEN_UP and self.has("refuse what was given up"):
            raise Refused("given up")

    def keep_block(self, block):
        self.check_open(block)
        self.publications[block] = self.clock.now + PUBLICATION_SECONDS

    def new_part(self, block, kind):
        self.check_open(block)
        if kind == "segment":
            self.segment_numbers += 1
            self.parts[block].append((kind, self.segment_numbers))
        else:
            self.pack_numbers += 1
            self.parts[block].append((kind, self.pack_numbers))
        return self.parts[block][-1][1]

    def undo(self, block):
        if self.publications.get(block, GIVEN_UP) != GIVEN_UP:
            self.publications[block] = 0.0

    def horizon(self):
        blocks = [block for block, expires in self.publications.items() if expires != GIVEN_UP]
        if not blocks or not self.has("merge below the horizon"):
            return float("inf")
        return (min(blocks) - 1) * BLOCK_KEYS + 1

    def abandoned(self):
        for block, expires in self.publications.items():
            if expires <= self.clock.now:
                self.publications[block] = GIVEN_UP
        return [block for block, expires in self.publications.items() if expires == GIVEN_UP]

    def forget(self, block):
        self.publications.pop(block)
        self.parts.pop(block, None)

    def commit(self, block, lease, rows, held, segment, pack, task, done):
        if self.has("one row for a place") and any(place in self.ledger for place, _, _ in rows):
            raise Refused("place")
        self.check_open(block)
        if self.tasks[task]["leased"] and not self.holds(lease):
            raise Refused("token")
        for place, status, key in rows:
            self.ledger[place] = (status, key)
        self.ledger_rows += len(rows)
        for content, key in held.items():
            self.messages[key] = content
            self.stored[content] = key
        if segment is not None:
            self.segments[segment.number] = segment
        self.packs.add(pack)
        self.progress[task] = done
        self.tasks[task]["attempts"] = 0
        self.publications.pop(block, None)
        self.parts.pop(block, None)
        self.counts["commits"] += 1

    def join(self, rows, merged, lease):
        if not self.holds(lease):
            raise Refused("merge token")
        if any(self.segments.get(row.number) != row for row in rows):
            raise Refused("merge rows")
        for row in rows:
            del self.segments[row.number]
        self.segments[merged.number] = merged
