"""What an archive of 10^6 to 10^10 messages would need, from figures measured on a small one (docs/scale.md).

usage: simulate_scale.py [--days N] [--embed amx|avx512|none] [--files]     tables, in Markdown
       simulate_scale.py --check      the ledgers of simulated clusters balance (simulate_cluster.py), and what the
                                      tables rest on adds up; exits 1 where not. Ten seconds.

--days: how long ingesting may take; the number of workers follows. --files: each message is a file of its own, with
rows of its own in `path` and `file`; else mailboxes. Everything below that is no constant of the code was measured with
the Enron set, but for what says "computed" or "assumed".
"""
import argparse
import math
import pathlib
import random
import sys

import simulate_cluster

ROOT = pathlib.Path(__file__).resolve().parent.parent

# -- Measured: 30,014 messages found, 28,116 stored, two cores, PostgreSQL 15 and an S3 server on the same machine.
RAW_BYTES = 3397  # of a message found
STORED_SHARE = 28116 / 30014
CHUNKS = 66587 / 28116  # of a message stored
SEGMENT_BYTES = {"messages.parquet": 1598, "chunks.parquet": 27, "postings": 1109, "texts": 867}  # of a message stored
VECTOR_BYTES = 776.7  # of a chunk
PACK_BYTES = 850  # of a message found
MANIFEST_BYTES = 900
# Bytes of tables and of indexes with a message stored: (table, heap, indexes of ascending keys, of random keys, rows)
CATALOG = (("thread_key", 339.1, 0, 203.4, 7.65), ("message", 258.4, 23.0, 185.9, 1),
           ("ledger", 194.3, 43.7, 43.1, 1.07), ("participants", 122.4, 23.0, 0, 1),
           ("message_thread", 44.3, 44.6, 0, 1), ("person, person_name", 56.8, 20.4, 114.5, 0.88),
           ("thread_owner", 7.6, 9.0, 0, 0.17))
CATALOG_OF_FILES = (("file", 125.6, 0, 142.8, 1.07), ("path", 73.4, 24.5, 142.8, 1.07))
RANDOM_ENTRIES = 12.7  # of indexes with a message: thread keys 7.65, id twice, content, Message-ID, raw digest
RANDOM_ENTRIES_OF_FILES = 4.3
# Seconds under the commit lock with a message stored, the machine shared with others; what a merge takes with a message
# that it moves; and bytes of the write-ahead log, with whole pages after a checkpoint.
LOCK_SECONDS = {"empty, a mailbox": 0.08e-3, "empty, files": 0.09e-3, "2 million, files": 0.62e-3}
LOCK_SECONDS_MERGED = 0.03e-3
WAL_BYTES = {"empty": 3_700, "2 million": 57_600}
# Messages a second of a worker with two cores: from CPU seconds of a worker, and from docs/embedding.md (texts a second
# by 2.21 new texts a message).
RATES = {"none": 3500, "amx": 400 / 2.21, "avx512": 125 / 2.21}
SCAN_SECONDS = 31.2e-9  # of a vector, on one core
MAPS_OF_SEGMENT = {"none": 2, "amx": 3, "avx512": 3}
RESIDENT_BYTES_OF_SEGMENT = 56_000  # of a process that searches
SEARCH_OPEN_SECONDS = 75e-6  # of a segment

# -- Of the code and of systems.
SEGMENT_MESSAGES = 16384
COMMIT_SECONDS = 30
SEGMENT_OBJECTS = {"none": 5, "amx": 6, "avx512": 6}
TASK_FILES = 1000
CACHE_BYTES = 20 << 30
KEYS_MAX = 1 << 47  # a point's id in a vector store has 16 bits for the chunk
MAPS_MAX = 65530  # vm.max_map_count of Linux, as it comes
TABLE_BYTES_MAX = 32 << 40  # of a PostgreSQL table with pages of 8 KiB
# Computed: a vector of 384 floats, 32 links of 4 bytes on the lowest level and some 2 above, its number, scalar fields.
MILVUS_MEMORY_BYTES = 384 * 4 + 34 * 4 + 8 + 80
MILVUS_DISK_BYTES = 2 * 384 * 4 + 34 * 4 + 8 + 80  # the raw column, and the index with its own copy
READ_SECONDS = 0.1e-3  # assumed: a random read of 8 KiB from a local NVMe disk

# -- List prices in US dollars, without discounts, taxes and transfer. Amazon Web Services, us-east-1, Linux, on demand:
# aws.amazon.com/s3/pricing, /ec2/pricing/on-demand, /ebs/pricing, as known in 2025; not looked up again.
S3_GB_MONTH = ((50_000, 0.023), (450_000, 0.022), (math.inf, 0.021))
S3_PUT, S3_GET = 0.005 / 1000, 0.0004 / 1000
WORKER_HOUR = 0.08925  # c7i.large: 2 vCPUs (one core's two threads), 4 GiB, AMX
MEMORY_GIB_HOUR = 0.1323 / 16  # r7i: 16 GiB for 2 vCPUs
DISK_GB_MONTH = 0.08  # gp3
HOURS_OF_MONTH = 730

SIZES = tuple(10 ** power for power in range(6, 11))


def merged(publications, messages, seed=1, window=None):
    """(segments, messages written again, merges, the number of segments along the way) after so many commits of about
    so many messages. `window`: only so many of the youngest are looked at, as older ones are full."""
    dice = random.Random(seed)
    full, young, again, merges, history = 0, [], 0, 0, []
    for at in range(publications):
        count = max(1, round(messages * dice.uniform(0.9, 1.1)))
        young.append((count, count * SEGMENT_BYTES["postings"]))
        while found := simulate_cluster.choose_merge(young):
            rows = young[found[0]:found[1]]
            young[found[0]:found[1]] = [(sum(row[0] for row in rows), sum(row[1] for row in rows))]
            again += young[found[0]][0]
            merges += 1
        if window and len(young) > window:
            full += len(young) - window
            young = young[-window:]
        if (at + 1) & at == 0:
            history.append((at + 1, full + len(young)))
    return full + len(young), again, merges, history


def steady(messages):
    """Segments, messages written again and merges for each message, in the long run."""
    publications = 4096
    segments, again, merges, _ = merged(publications, messages, window=128)
    total = publications * messages
    return segments / total, again / total, merges / total


def throughput(workers, rate, lock_seconds, seed=1):
    """Messages a second of all: each reads a publication, then has the lock for a while, in the order of asking."""
    dice = random.Random(seed)
    free, publications = 0.0, max(400, 40 * workers)
    ready = sorted(dice.uniform(0, SEGMENT_MESSAGES / rate) for _ in range(workers))
    for _ in range(publications):
        begin = max(free, ready.pop(0))
        free = begin + SEGMENT_MESSAGES * lock_seconds
        following = free + SEGMENT_MESSAGES / rate * dice.uniform(0.8, 1.2)
        place = next((at for at, other in enumerate(ready) if other > following), len(ready))
        ready.insert(place, following)
    return publications * SEGMENT_MESSAGES / free


def engineering(number):
    if number < 10_000:
        return f"{number:,.0f}" if number >= 10 or number == int(number) else f"{number:.2g}"
    for unit, name in ((1e12, " × 10¹²"), (1e9, " × 10⁹"), (1e6, " × 10⁶")):
        if number >= unit:
            return f"{number / unit:.3g}{name}"
    return f"{round(number, -3):,.0f}"


def size(count):
    for unit, name in ((1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count / 1e3:.3g} kB"


def duration(seconds):
    for unit, name in ((365 * 86400, "years"), (86400, "days"), (3600, "hours"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:.2g} s"


def table(title, head, rows):
    print(f"\n**{title}**\n\n| {' | '.join(head)} |\n|{'---|' + '---:|' * (len(head) - 1)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def powers(what):
    return [what] + [f"10{'⁶⁷⁸⁹'[at] if at < 4 else '¹⁰'}" for at in range(len(SIZES))]


def storage_price(gigabytes):
    price = 0.0
    for most, each in S3_GB_MONTH:
        price += min(gigabytes, most) * each
        gigabytes -= min(gigabytes, most)
    return price


class Plan:
    """What follows for a number of messages found."""

    def __init__(self, found, options):
        self.found, self.stored, self.embed = found, found * STORED_SHARE, options.embed
        self.catalog = CATALOG + (CATALOG_OF_FILES if options.files else ())
        self.entries = RANDOM_ENTRIES + (RANDOM_ENTRIES_OF_FILES if options.files else 0)
        self.rate = RATES[options.embed]
        self.publication = publication_of(options.embed)
        self.commits = max(1, self.found / self.publication)
        segments, self.again, merges = options.steady
        self.segments, self.merges = max(1, segments * self.stored), merges * self.stored
        self.workers = max(1, math.ceil(found / self.rate / (86400 * options.days)))

    def catalog_bytes(self):
        return self.stored * sum(sum(row[1:4]) for row in self.catalog)

    def random_bytes(self):
        return self.stored * sum(row[3] for row in self.catalog)

    def vectors(self):
        return 0 if self.embed == "none" else self.stored * CHUNKS

    def segment_bytes(self):
        return self.stored * sum(SEGMENT_BYTES.values()) + self.vectors() * VECTOR_BYTES

    def archive_bytes(self):
        return self.segment_bytes() + self.found * PACK_BYTES

    def objects(self):
        return self.commits + self.segments * SEGMENT_OBJECTS[self.embed]

    def puts(self):
        return self.commits * (1 + SEGMENT_OBJECTS[self.embed]) + self.merges * SEGMENT_OBJECTS[self.embed]

    def gets(self):
        """A merge reads what other workers wrote, and each worker's plan of merges reads every manifest once."""
        inputs = self.merges + (self.commits - self.segments)
        return max(0, inputs) * SEGMENT_OBJECTS[self.embed] + self.workers * self.commits

    def lock_seconds(self, memory=math.inf):
        """Of all commits: what memory does not hold of the random indexes is read from disk, an entry a read."""
        each = LOCK_SECONDS["2 million, files"] + self.again * LOCK_SECONDS_MERGED
        held = min(1.0, memory / self.random_bytes())
        missed = 1 - held + held * math.log(held)  # of all entries on the way, 1 - memory / size while it grew
        return self.stored * (each + self.entries * READ_SECONDS * missed)

    def seconds(self, workers, memory=math.inf):
        return max(self.found / self.rate / workers, self.lock_seconds(memory))

    def monthly(self, memory):
        gibibytes = min(memory, max(16 * 2 ** 30, self.random_bytes())) / 2 ** 30
        return {"segments and originals in S3": storage_price(self.archive_bytes() / 1e9),
                "catalog: disk": self.catalog_bytes() * 1.5 / 1e9 * DISK_GB_MONTH,
                "catalog: machine": gibibytes * MEMORY_GIB_HOUR * HOURS_OF_MONTH,
                "Milvus: memory": self.vectors() * MILVUS_MEMORY_BYTES / 2 ** 30 * MEMORY_GIB_HOUR * HOURS_OF_MONTH,
                "Milvus: S3": storage_price(self.vectors() * MILVUS_DISK_BYTES / 1e9)}

    def once(self):
        return {"workers": self.found / self.rate / 3600 * WORKER_HOUR,
                "PUT and GET": self.puts() * S3_PUT + self.gets() * S3_GET}


MEMORY = 1 << 40  # of the catalog's machine: the most that is still ordinary


def publication_of(embed):
    """Messages of a commit: by count, or by time."""
    return min(SEGMENT_MESSAGES, RATES[embed] * COMMIT_SECONDS)


def print_sizes(plans):
    each = lambda title, call: [title] + [call(plan) for plan in plans]
    table("What there is", powers("messages found"), [
        each("raw mail", lambda p: size(p.found * RAW_BYTES)),
        each("tasks of 16,384 messages, and commits at least", lambda p: engineering(p.found / SEGMENT_MESSAGES)),
        each("commits as they come", lambda p: engineering(p.commits)),
        each("workers for the time allowed", lambda p: engineering(p.workers)),
        each("Kafka partitions, four a worker", lambda p: engineering(4 * p.workers)),
        each("segments", lambda p: engineering(p.segments)),
        each("messages written again by merging, share", lambda p: f"{p.again:.2f}"),
        each("segments, bytes", lambda p: size(p.segment_bytes())),
        each("originals, bytes", lambda p: size(p.found * PACK_BYTES)),
        each("S3 objects", lambda p: engineering(p.objects())),
        each("S3 PUTs", lambda p: engineering(p.puts())),
        each("S3 GETs", lambda p: engineering(p.gets())),
        each("chunks with vectors", lambda p: engineering(p.vectors())),
        each("Milvus, HNSW, memory (computed)", lambda p: size(p.vectors() * MILVUS_MEMORY_BYTES)),
        each("Milvus, disk (computed)", lambda p: size(p.vectors() * MILVUS_DISK_BYTES)),
        each("one exact search of all vectors, core seconds", lambda p: f"{p.vectors() * SCAN_SECONDS:.3g}"),
    ])


def print_catalog(plans):
    rows = []
    for at, (name, heap, ascending, scattered, count) in enumerate(plans[0].catalog):
        rows.append([name, f"{count:.2f}", f"{heap:.0f} + {ascending + scattered:.0f}"] +
                    [size(plan.stored * (heap + ascending + scattered)) for plan in plans])
    rows.append(["**all**", "", f"{plans[0].catalog_bytes() / plans[0].stored:.0f}"] +
                [size(plan.catalog_bytes()) for plan in plans])
    for name, wal in WAL_BYTES.items():
        rows.append([f"write-ahead log, as measured beside {name}", "", f"{wal:,}"] +
                    [size(plan.stored * wal) for plan in plans])
    rows.append(["indexes of random keys", "", f"{plans[0].random_bytes() / plans[0].stored:.0f}"] +
                [size(plan.random_bytes()) for plan in plans])
    head = ["table", "rows a message", "bytes a message, table + indexes", *powers("")[1:]]
    table("Catalog in PostgreSQL", head, rows)


def print_lock(options):
    counts = (1, 2, 4, 8, 16, 32, 64, 128)
    rows = []
    for name, lock in LOCK_SECONDS.items():
        row = [name, f"{lock * 1e3:.2f}", f"{1 / lock:,.0f}"]
        for kind in ("none", "avx512", "amx"):
            row.append(f"{1 + 1 / (RATES[kind] * lock):.0f}")
        rows.append(row)
    table("The commit lock", ["catalog", "ms a message", "messages/s at most", "workers that fill it, no embedding",
                              "AVX-512", "AMX"], rows)
    lock = LOCK_SECONDS["2 million, files"]
    table(f"Messages a second of N workers ({lock * 1e3:.2f} ms a message)", ["workers"] + [str(c) for c in counts],
          [[kind] + [f"{throughput(count, RATES[kind], lock):,.0f}" for count in counts] for kind in RATES])


def print_times(plans):
    counts = (1, 4, 16, 64, 256)
    table("Time to ingest, whatever is slower: the workers, or the lock with 1 TiB of memory for the catalog",
          powers("workers of two cores"),
          [[str(count)] + [duration(plan.seconds(count, MEMORY)) for plan in plans] for count in counts] +
          [["the lock alone"] + [duration(plan.lock_seconds(MEMORY)) for plan in plans],
           ["the lock alone, 64 GiB"] + [duration(plan.lock_seconds(64 << 30)) for plan in plans]])


def print_prices(plans):
    months, once = [plan.monthly(MEMORY) for plan in plans], [plan.once() for plan in plans]
    per = lambda value, plan: f"{value / (plan.found / 1e6):.3g}"
    table("US dollars a month for each million messages, list prices", powers(""),
          [[name] + [per(month[name], plan) for month, plan in zip(months, plans)] for name in months[0]] +
          [["**all**"] + [per(sum(month.values()), plan) for month, plan in zip(months, plans)]])
    table("US dollars once for each million messages", powers(""),
          [[name] + [per(one[name], plan) for one, plan in zip(once, plans)] for name in once[0]])


def print_merging():
    rows = []
    for title, messages in (("16,384, by count", publication_of("none")), ("30 s with AMX", publication_of("amx")),
                            ("30 s with AVX-512", publication_of("avx512")),
                            ("tasks of 1,000 files", TASK_FILES * STORED_SHARE)):
        *_, history = merged(4096, messages, window=128)
        segments, again, merges = steady(messages)
        rows.append([title, f"{messages:,.0f}"] + [str(count) for at, count in history if at in (8, 64, 512, 4096)] +
                    [f"{again:.2f}", f"{1 / segments:,.0f}", f"{segments * 1e10:,.0f}"])
    table("Segments under the merge policy", ["commits", "messages each", "after 8", "64", "512", "4,096",
                                              "written again", "messages a segment", "segments at 10¹⁰ stored"], rows)


def print_limits(options):
    messages_of_segment = 1 / options.steady[0]
    maps = MAPS_MAX / MAPS_OF_SEGMENT[options.embed] * messages_of_segment
    sample = Plan(10 ** 6, options)
    opened = SEGMENT_BYTES["postings"] + SEGMENT_BYTES["texts"]
    opened += 0 if options.embed == "none" else CHUNKS * VECTOR_BYTES
    limits = [("random indexes of the catalog beyond 64 GiB", (64 << 30) / sample.random_bytes() * 1e6),
              ("random indexes beyond 1 TiB", MEMORY / sample.random_bytes() * 1e6),
              (f"memory maps of a searching process ({MAPS_MAX:,})", maps),
              ("manifests read in the 600 s of a merge lease, 20 ms each (assumed)", 600 / 0.02 * messages_of_segment),
              ("a search opens all segments in 10 s", 10 / SEARCH_OPEN_SECONDS * messages_of_segment),
              ("1 TiB of Milvus memory", MEMORY / MILVUS_MEMORY_BYTES / CHUNKS),
              ("archive.cache_bytes_max, 20 GiB, for what a search opens", CACHE_BYTES / opened),
              ("30 days of the commit lock, memory for all", 30 * 86400 / (sample.lock_seconds() / 1e6)),
              ("32 TiB for the largest table (thread_key)", TABLE_BYTES_MAX / 339.1),
              ("2⁴⁷ message keys in blocks of 65,536, at one commit a block", KEYS_MAX / 65536 * sample.publication)]
    limits.sort(key=lambda row: row[1])
    table("Where it ends", ["limit", "messages"], [[name, engineering(at)] for name, at in limits])


# What is written down here and in the code.
IN_THE_CODE = (
    ("src/store/reindex.h", "kMergeFactor = 8;"),
    ("src/store/local/merge_plan.h", "kMergedMessagesMax = 1 << 20;"),
    ("src/store/local/merge_plan.h", "kMergedPostingsBytesMax = 96ULL << 20;"),
    ("src/store/local/merger.cc", "kMergeLeaseSeconds = 600;"),
    ("app/lease_keeper.h", "kLeaseSeconds = 60;"),
    ("app/lease_keeper.cc", "kRenewEvery(kLeaseSeconds / 4)"),
    ("src/store/work.h", "kTaskAttemptsMax = 10;"),
    ("src/store/publication.h", "kPublicationMessagesMax = 65536;"),
    ("src/store/catalog/postgres_catalog.cc", "kPublicationMs = 3'600'000;"),
    ("src/store/catalog/postgres_catalog.cc", "idle_in_transaction_session_timeout = '15min'"),
    ("src/store/vectors/vector_store.cc", "kKeysMax = int64_t{1} << 47;"),
    ("app/commands.h", "task_files = 1000;"),
    ("config/default.toml", "segment_messages = 16384"),
    ("config/default.toml", "commit_seconds = 30"),
    ("config/default.toml", "cache_bytes_max = 21474836480"),
)


def check():
    """The tables rest on the code's constants, on the window of merging and on the lock's saturation."""
    faults = [f"{file} no longer has \"{text}\": simulate_cluster.py and simulate_scale.py must follow"
              for file, text in IN_THE_CODE if text not in (ROOT / file).read_text()]
    for messages in (50, 937, 5000, SEGMENT_MESSAGES):
        if merged(600, messages, window=128)[:3] != merged(600, messages)[:3]:
            faults.append(f"merging commits of {messages} messages depends on the window")
    if simulate_cluster.choose_merge([(9, 9000)] * 9) != (0, 8) or simulate_cluster.choose_merge([(9, 9)] * 7):
        faults.append("choose_merge is not what merge_plan_test.cc says")
    if simulate_cluster.choose_merge([(9, 9), (9, 9), (1, 1)] + [(9, 9)] * 6) != (0, 9):
        faults.append("choose_merge leaves small ones out")
    lock = LOCK_SECONDS["empty, a mailbox"]
    if not 0.9 / lock < throughput(400, RATES["avx512"], lock) <= 1.001 / lock:
        faults.append("many workers do not fill the lock")
    if not 0.95 < throughput(1, RATES["avx512"], lock) / RATES["avx512"] < 1.02:
        faults.append("one worker waits for the lock")
    for fault in faults:
        print(f"FAULT: {fault}")
    return simulate_cluster.check() and not faults


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--embed", choices=RATES, default="amx")
    parser.add_argument("--files", action="store_true")
    options = parser.parse_args()
    if options.check:
        sys.exit(not check())
    options.steady = steady(publication_of(options.embed))
    plans = [Plan(found, options) for found in SIZES]
    print_sizes(plans)
    print_catalog(plans)
    print_merging()
    print_lock(options)
    print_times(plans)
    print_prices(plans)
    print_limits(options)


if __name__ == "__main__":
    main()
