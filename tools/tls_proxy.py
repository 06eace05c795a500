"""Stands in front of servers that speak without TLS, and speaks it: to 127.0.0.1 alone, for tests.

usage: tls_proxy.py STATE CERTIFICATE KEY NAME=PORT…

Listens on each PORT and passes what comes on to the port that the file STATE, as services.py keeps it, gives for NAME
at that moment.
"""
import asyncio
import json
import pathlib
import ssl
import sys

CHUNK_BYTES = 64 << 10
SPEAK_GRPC = ("milvus",)


async def pump(reader, writer):
    try:
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def serve(state, name, port, tls):
    async def pass_on(reader, writer):
        try:
            upstream = await asyncio.open_connection("127.0.0.1", json.loads(state.read_text())[name]["port"])
        except (OSError, KeyError):
            writer.close()
            return
        await asyncio.gather(pump(reader, upstream[1]), pump(upstream[0], writer))

    return await asyncio.start_server(pass_on, "127.0.0.1", port, ssl=tls)


async def main(state, certificate, key, *fronts):
    for front in fronts:
        name, port = front.split("=")
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        tls.set_alpn_protocols(["h2" if name in SPEAK_GRPC else "http/1.1"])
        await serve(pathlib.Path(state), name, int(port), tls)
    await asyncio.Event().wait()


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    asyncio.run(main(*sys.argv[1:]))
