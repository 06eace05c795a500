"""Answers Qdrant's REST API for tests, where Qdrant itself cannot be had: each request's body is checked by the models
of the official Python client, executed by that client's own local mode, and answered in the documented form.

usage: qdrant_stand_in.py [PORT]     prints CUSTOS_TEST_QDRANT=127.0.0.1:PORT and serves until it is stopped
Needs the package qdrant-client. It is no Qdrant: its searches are exact, and it keeps all in memory.
example: python3 tools/qdrant_stand_in.py 6333 & CUSTOS_TEST_QDRANT=127.0.0.1:6333 build/dev/bin/store_test
"""
import http.server
import json
import re
import sys
import threading

import pydantic
import qdrant_client
from qdrant_client import models

client = qdrant_client.QdrantClient(":memory:")
lock = threading.Lock()


class Refused(Exception):
    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


def checked(model, body):
    """The body as the official model has it; fields that it does not know are refused too."""
    try:
        made = model.model_validate(body)
    except pydantic.ValidationError as fault:
        first = fault.errors()[0]
        raise Refused(422, f"{model.__name__}: {'.'.join(map(str, first['loc']))}: {first['msg']}")
    unknown = set(body) - set(model.model_fields)
    if unknown:
        raise Refused(422, f"{model.__name__}: unknown {sorted(unknown)}")
    return made


def need(name):
    if not client.collection_exists(name):
        raise Refused(404, f"Not found: Collection `{name}` doesn't exist!")


def create_collection(name, body):
    wanted = checked(models.CreateCollection, body)
    if client.collection_exists(name):
        raise Refused(409, f"Wrong input: Collection `{name}` already exists!")
    client.create_collection(name, vectors_config=wanted.vectors, hnsw_config=wanted.hnsw_config)
    return True


def describe(name, body):
    need(name)
    return json.loads(client.get_collection(name).model_dump_json())


def drop(name, body):
    need(name)
    return client.delete_collection(name)


def names(body):
    return {"collections": [{"name": one.name} for one in client.get_collections().collections]}


def aliases(body):
    for action in checked(models.ChangeAliasesOperation, body).actions:
        known = {one.alias_name for one in client.get_aliases().aliases}
        if isinstance(action, models.DeleteAliasOperation) and action.delete_alias.alias_name not in known:
            continue  # no fault in Qdrant
        client.update_collection_aliases(change_aliases_operations=[action])
    return True


def index(name, body):
    need(name)
    wanted = checked(models.CreateFieldIndex, body)
    if isinstance(wanted.field_schema, dict):
        raise Refused(422, "CreateFieldIndex: field_schema")
    client.create_payload_index(name, wanted.field_name, field_schema=wanted.field_schema)
    return {"operation_id": 1, "status": "completed"}


def upsert(name, body):
    need(name)
    points = checked(models.PointsList, body).points
    width = client.get_collection(name).config.params.vectors.size
    if any(len(point.vector) != width for point in points):
        raise Refused(400, f"Wrong input: Vector dimension error: expected dim: {width}")
    client.upsert(name, points=points, wait=True)
    return {"operation_id": 1, "status": "completed"}


def delete(name, body):
    need(name)
    client.delete(name, points_selector=models.PointIdsList(points=checked(models.PointIdsList, body).points))
    return {"operation_id": 1, "status": "completed"}


def query(name, body):
    need(name)
    wanted = checked(models.QueryRequest, body)
    found = client.query_points(name, query=wanted.query, query_filter=wanted.filter, search_params=wanted.params,
                                limit=wanted.limit, with_payload=wanted.with_payload, with_vectors=wanted.with_vector)
    return {"points": [{"id": one.id, "version": 1, "score": one.score} for one in found.points]}


def scroll(name, body):
    need(name)
    wanted = checked(models.ScrollRequest, body)
    records, following = client.scroll(name, scroll_filter=wanted.filter, limit=wanted.limit, offset=wanted.offset,
                                       with_payload=wanted.with_payload, with_vectors=wanted.with_vector)
    return {"points": [{"id": one.id} for one in records], "next_page_offset": following}


def count(name, body):
    need(name)
    wanted = checked(models.CountRequest, body)
    return {"count": client.count(name, count_filter=wanted.filter, exact=wanted.exact).count}


ROUTES = [
    ("GET", r"/collections", names),
    ("POST", r"/collections/aliases", aliases),
    ("PUT", r"/collections/([\w-]+)", create_collection),
    ("GET", r"/collections/([\w-]+)", describe),
    ("DELETE", r"/collections/([\w-]+)", drop),
    ("PUT", r"/collections/([\w-]+)/index", index),
    ("PUT", r"/collections/([\w-]+)/points", upsert),
    ("POST", r"/collections/([\w-]+)/points/delete", delete),
    ("POST", r"/collections/([\w-]+)/points/query", query),
    ("POST", r"/collections/([\w-]+)/points/scroll", scroll),
    ("POST", r"/collections/([\w-]+)/points/count", count),
]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        if path == "/readyz":
            return self.answer(200, b"all shards are ready")
        try:
            with lock:
                result = self.dispatch(path, json.loads(body) if body else {})
        except Refused as refused:
            return self.answer(refused.status, {"status": {"error": str(refused)}, "time": 0.0})
        return self.answer(200, {"result": result, "status": "ok", "time": 0.0})

    def dispatch(self, path, body):
        for method, pattern, act in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == self.command:
                return act(*found.groups(), body)
        raise Refused(404, "no such path")

    do_GET = do_PUT = do_POST = do_DELETE = serve

    def log_message(self, *_):
        pass


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    print(f"CUSTOS_TEST_QDRANT=127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
