"""Writes input that is broken or hostile into a folder, each kind as one file: what cases/bad-input.case ingests.

usage: make_bad_input.py FOLDER
"""
import base64
import io
import os
import pathlib
import struct
import sys
import zipfile
import zlib

HEAD = b"From: a@example.com\nTo: b@example.com\nDate: Tue, 14 May 2024 12:00:00 +0000\nMessage-ID: <%s@example.com>\nSubject: %s\n"
FROM_LINE = b"From a@example.com Tue May 14 12:00:00 2024\n"


def mail(name, rest=b"\nhello\n"):
    return HEAD % (name, name) + rest


def nested(depth):
    out, tail = b"", b""
    for level in range(depth):
        out += b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level)
    return out + b"\ninnermost\n" + tail


def encrypted_zip():
    """A zip whose one member says that it is encrypted (flag bit 0), with bytes that no password opens."""
    data, name = bytes(range(64)), b"secret.eml"
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 1, 0, 0, 0x58AE, zlib.crc32(data), len(data), len(data) - 12, len(name), 0)
    central = struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 1, 0, 0, 0x58AE, zlib.crc32(data), len(data), len(data) - 12, len(name), 0, 0, 0, 0, 0, 0)
    body = local + name + data
    directory = central + name
    return body + directory + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, len(directory), len(body), 0)


def zip_bomb():
    """200 MB of one letter behind a mail's header, 1000 : 1."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        with archive.open("bomb.mbox", "w") as member:
            member.write(FROM_LINE + mail(b"bomb", b"\n"))
            for _ in range(200):
                member.write(b"a" * 1_000_000)
    return buffer.getvalue()


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True)
    whole = FROM_LINE + mail(b"one") + b"\n" + FROM_LINE + mail(b"two", b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhal")
    files = {
        "truncated.mbox": whole,
        "no-headers.mbox": FROM_LINE + b"\njust a text, no header at all\n\n",
        "long-line.eml": mail(b"long", b"\n" + b"x" * 100_000_000),
        "nul.eml": mail(b"nul", b"\nbefore\0after\0\n"),
        "wrong-charset.eml": mail(b"charset", b"Content-Type: text/plain; charset=utf-8\n\nna\xefve caf\xe9\n"),
        "broken-base64.eml": mail(b"base64", b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode(b"good start ") + b"!!*&^%\n\n"),
        "nested.eml": mail(b"nested", nested(20_000)),
        "headers.eml": mail(b"headers", b"".join(b"X-H%d: v\n" % i for i in range(100_000)) + b"\nbody\n"),
        "encrypted.zip": encrypted_zip(),
        "bomb.zip": zip_bomb(),
        "truncated.zip": encrypted_zip()[:40],
        "empty.eml": b"",
        "picture.png": base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
        "broken.jsonl": b'{"id": "1", "text": "good"}\n{"id": "2", "te\n{"id": "3"}\n',
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    os.symlink(".", folder / "loop")
    os.mkfifo(folder / "pipe")


main()
