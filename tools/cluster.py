"""What trials of an archive on a cluster need of the servers that `services.py env` names: buckets, objects, topics.

usage: cluster.py bucket NAME [lock]         makes a bucket, with object lock
       cluster.py purge BUCKET/PREFIX        tries to remove every version of every object; prints what became of them
       cluster.py put BUCKET/PREFIX FOLDER   uploads all files below FOLDER; prints a file event for each, a line each
       cluster.py topic NAME [PARTITIONS]    makes a topic
       cluster.py send TOPIC                 each line of stdin as a message
       cluster.py drop NAME                  removes the bucket, the schema and the topic of that name, where there are
"""
import datetime
import hashlib
import hmac
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PSQL = "/usr/lib/postgresql/15/bin/psql"


def signature(secret, day, region, text):
    key = f"AWS4{secret}".encode()
    for part in (day, region, "s3", "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def s3(method, path, body=b"", query="", headers=None):
    """One request of the S3 API, signed (AWS Signature Version 4). `path` is /bucket/key."""
    endpoint = os.environ["CUSTOS_TEST_S3"]
    region = os.environ.get("AWS_REGION", "us-east-1")
    now = datetime.datetime.now(datetime.timezone.utc)
    day, stamp = now.strftime("%Y%m%d"), now.strftime("%Y%m%dT%H%M%SZ")
    host = urllib.parse.urlsplit(endpoint).netloc
    digest = hashlib.sha256(body).hexdigest()
    path = urllib.parse.quote(path)
    headers = {**(headers or {}), "x-amz-content-sha256": digest, "x-amz-date": stamp}
    lines = sorted({**headers, "host": host}.items())
    signed = ";".join(name for name, _ in lines)
    request = "\n".join([method, path, query, *(f"{name}:{value}" for name, value in lines), "", signed, digest])
    scope = f"{day}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    authorization = (f"AWS4-HMAC-SHA256 Credential={os.environ['AWS_ACCESS_KEY_ID']}/{scope}, SignedHeaders={signed}, "
                     f"Signature={signature(os.environ['AWS_SECRET_ACCESS_KEY'], day, region, text)}")
    headers["Authorization"] = authorization
    url = f"{endpoint}{path}" + (f"?{query}" if query else "")
    with urllib.request.urlopen(urllib.request.Request(url, body or None, headers, method=method)) as answer:
        return answer.read()


def make_bucket(name, lock=False):
    s3("PUT", f"/{name}", headers={"x-amz-bucket-object-lock-enabled": "true"} if lock else {})


def purge(bucket, prefix):
    """How many versions went, and how many the server refused to remove."""
    listing = s3("GET", f"/{bucket}", query=f"prefix={urllib.parse.quote(prefix, safe='')}&versions=").decode()
    removed = refused = 0
    for version in re.findall(r"<Version>.*?</Version>", listing, re.DOTALL):
        key, name = (re.search(f"<{tag}>(.*?)</{tag}>", version)[1] for tag in ("Key", "VersionId"))
        try:
            s3("DELETE", f"/{bucket}/{key}", query=f"versionId={name}")
            removed += 1
        except urllib.error.HTTPError as error:
            if error.code not in (400, 403):
                raise
            refused += 1
    return removed, refused


def put(where, folder):
    """Uploads a folder; gives the objects' URIs."""
    uris = []
    for file in sorted(path for path in pathlib.Path(folder).rglob("*") if path.is_file()):
        key = f"{where}/{file.relative_to(folder)}"
        s3("PUT", f"/{key}", file.read_bytes())
        uris.append(f"s3://{key}")
    return uris


def empty_bucket(name):
    while True:
        listing = s3("GET", f"/{name}", query="list-type=2").decode()
        keys = re.findall(r"<Key>([^<]*)</Key>", listing)
        if not keys:
            return
        for key in keys:
            s3("DELETE", f"/{name}/{urllib.parse.unquote(key)}")


def topics():
    from confluent_kafka.admin import AdminClient
    return AdminClient({"bootstrap.servers": os.environ["CUSTOS_TEST_KAFKA"]})


def make_topic(name, partitions=2):
    from confluent_kafka.admin import NewTopic
    admin = topics()  # its futures end with it
    admin.create_topics([NewTopic(name, partitions, 1)])[name].result(30)


def drop_topic(name):
    from confluent_kafka import KafkaException
    admin = topics()
    try:
        admin.delete_topics([name])[name].result(30)
    except KafkaException:  # it is not there
        pass


class Sender:
    """Sends messages until the broker has all of them, also over a restart of it."""

    def __init__(self, topic):
        from confluent_kafka import Producer
        self.topic = topic
        self.failures = []
        self.producer = Producer({"bootstrap.servers": os.environ["CUSTOS_TEST_KAFKA"], "enable.idempotence": True,
                                  "delivery.timeout.ms": 600000, "log_level": 0, "linger.ms": 0})

    def send(self, text):
        while True:
            try:
                self.producer.produce(self.topic, text, on_delivery=self.heard)
                break
            except BufferError:
                self.producer.poll(0.1)
        self.producer.poll(0)

    def heard(self, failure, _):
        if failure:
            self.failures.append(failure)

    def finish(self):
        self.producer.flush()
        if self.failures:
            sys.exit(f"{len(self.failures)} messages were not delivered: {self.failures[0]}")


def query(statement):
    return subprocess.run([PSQL, "-Atq", "-d", os.environ["CUSTOS_TEST_POSTGRES"], "-c", statement], check=True,
                          capture_output=True, text=True).stdout.strip()


def drop(name):
    query(f'SET client_min_messages = error; DROP SCHEMA IF EXISTS "{name}" CASCADE')
    drop_topic(name)
    drop_topic(f"{name}.dead-letter")
    try:
        empty_bucket(name)
        s3("DELETE", f"/{name}")
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise


def main(arguments):
    match arguments:
        case ["bucket", name, *lock]:
            make_bucket(name, lock == ["lock"])
        case ["purge", where]:
            removed, refused = purge(*where.split("/", 1))
            print(f"{removed} versions removed, {refused} refused")
        case ["put", where, folder]:
            for uri in put(where, folder):
                print(json.dumps({"s3_uri": uri}))
        case ["topic", name, *partitions]:
            make_topic(name, int(partitions[0]) if partitions else 2)
        case ["send", topic]:
            sender = Sender(topic)
            for line in sys.stdin:
                sender.send(line.rstrip("\n"))
            sender.finish()
        case ["drop", name]:
            drop(name)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
