"""Writes the sample archive of an invented firm: about 200 messages in every form that Custos reads.

usage: make_sample.py FOLDER

The same run writes the same bytes. sample_stories.py has the texts.
"""
import base64
import datetime
import email.header
import email.utils
import gzip
import hashlib
import html
import io
import json
import pathlib
import quopri
import sys
import tarfile
import zipfile

from sample_stories import CHAT, DISCLAIMER, MISCONDUCT, ORDINARY, PEOPLE, PERSONAL_DATA

START = datetime.datetime(2024, 3, 4, 8, 5, tzinfo=datetime.timezone.utc)
ZONES = {"en": 0, "de": 60, "fr": 60, "es": 60, "it": 60, "pt": 0, "nl": 60, "da": 60, "ru": 180}
CHARSETS = {"en": "utf-8", "de": "iso-8859-1", "fr": "windows-1252", "es": "iso-8859-15", "it": "utf-8", "pt": "utf-8",
            "nl": "us-ascii", "da": "iso-8859-1", "ru": "koi8-r"}
REPLY = {"de": "AW: ", "da": "SV: ", "nl": "Antw: "}


class Mail:
    """One message: what it says and what its headers need."""

    def __init__(self, number, sender, recipients, subject, text, language, parent=None, **options):
        self.number = number
        self.sender, self.recipients, self.subject = sender, recipients, subject
        self.text, self.language, self.parent = text, language, parent
        self.options = options
        self.date = START + datetime.timedelta(minutes=number * 97)
        digest = hashlib.sha256(f"{number} {subject}".encode()).hexdigest()[:16]
        self.message_id = f"<{digest}@{PEOPLE[sender][1].split('@')[1]}>"

    def local_date(self):
        zone = datetime.timezone(datetime.timedelta(minutes=ZONES[PEOPLE[self.sender][3]]))
        return self.date.astimezone(zone)


def address(person):
    name, mailbox = PEOPLE[person][:2]
    return email.utils.formataddr((str(email.header.Header(name, "utf-8")) if not name.isascii() else name, mailbox))


def quoted_lines(text):
    return "\n".join(">" + (" " + line if line else "") for line in text.split("\n"))


def attribution(mail, client):
    """How the answering client introduces what it quotes: (introduction, quoted text)."""
    name, mailbox = PEOPLE[mail.sender][:2]
    date, language = mail.local_date(), mail.options.get("reader_language", "en")
    day = date.strftime("%d.%m.%Y")
    if client == "outlook":
        words = {"de": ("Von", "Gesendet", "An", "Betreff"), "da": ("Fra", "Sendt", "Til", "Emne"),
                 "nl": ("Van", "Verzonden", "Aan", "Onderwerp")}.get(language, ("From", "Sent", "To", "Subject"))
        head = "\n".join([f"{words[0]}: {name} <{mailbox}>", f"{words[1]}: {date.strftime('%d %B %Y %H:%M')}",
                          f"{words[2]}: {PEOPLE[mail.recipients[0]][0]}", f"{words[3]}: {mail.subject}"])
        lead = "-----Original Message-----\n" if language == "en" else ""
        return lead + head + "\n", mail.full_text
    if client == "lotus":
        line = f"{name}\n{date.strftime('%d/%m/%Y %H:%M')}\n\n\nTo:\t{PEOPLE[mail.recipients[0]][0]}\ncc:\nSubject:\t{mail.subject}\n"
        return line, mail.full_text
    lead = {"de": f"Am {day} um {date:%H:%M} schrieb {name} <{mailbox}>:",
            "fr": f"Le {day} à {date:%H:%M}, {name} <{mailbox}> a écrit :",
            "es": f"El {day} a las {date:%H:%M}, {name} <{mailbox}> escribió:",
            "it": f"Il giorno {day} alle {date:%H:%M}, {name} <{mailbox}> ha scritto:",
            "pt": f"Em {day} às {date:%H:%M}, {name} <{mailbox}> escreveu:",
            "ru": f"{day}, {date:%H:%M}, {name} <{mailbox}> пишет:",
            }.get(language, f"On {date.strftime('%a, %d %b %Y at %H:%M')}, {name} <{mailbox}> wrote:")
    return lead + "\n\n", quoted_lines(mail.full_text)


def compose(mail):
    """The body as the sender's client would leave it: text, signature, history, disclaimer."""
    name, _, client, language, signature = PEOPLE[mail.sender]
    parts = [mail.text]
    if client == "mobile":
        parts.append("Sent from my iPhone")
    elif mail.number % 3:
        parts.append("-- \n" + signature if client == "gmail" else signature)
    if mail.parent is not None and not mail.options.get("no_quote"):
        mail.parent.options["reader_language"] = language
        lead, history = attribution(mail.parent, client)
        parts.append(lead + history)
    if mail.number % 4 == 0 and language in DISCLAIMER:
        parts.append(DISCLAIMER[language])
    mail.full_text = "\n\n".join(parts)
    return mail.full_text


def as_html(mail):
    paragraphs = "".join(f"<p>{html.escape(block).replace(chr(10), '<br>')}</p>" for block in mail.text.split("\n\n"))
    history = ""
    if mail.parent is not None:
        quoted = html.escape(mail.parent.full_text).replace("\n", "<br>")
        name = html.escape(PEOPLE[mail.parent.sender][0])
        history = f'<div class="gmail_quote"><div class="gmail_attr">On {mail.parent.local_date():%d %b %Y}, {name} wrote:<br></div><blockquote class="gmail_quote">{quoted}</blockquote></div>'
    extra = mail.options.get("table", "")
    return f'<html><head><style>p {{ margin: 0 }}</style></head><body>{paragraphs}{extra}{history}<div style="display:none">tracking {mail.number}</div></body></html>'


def encoded(text, charset, encoding):
    data = text.replace("\n", "\r\n").encode(charset, "xmlcharrefreplace")
    if encoding == "base64":
        return base64.encodebytes(data).decode()
    if encoding == "quoted-printable":
        return quopri.encodestring(data).decode()
    return None


def text_part(text, kind, charset, encoding):
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        charset = "utf-8"
    head = f"Content-Type: text/{kind}; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    if encoding == "8bit":
        return head.encode() + text.encode(charset)
    return head.encode() + encoded(text, charset, encoding).encode()


def attachment_part(name, content_type, data):
    encoded_name = email.utils.encode_rfc2231(name, "utf-8") if not name.isascii() else None
    file_name = f"filename*={encoded_name}" if encoded_name else f'filename="{name}"'
    head = f"Content-Type: {content_type}\nContent-Disposition: attachment; {file_name}\nContent-Transfer-Encoding: base64\n\n"
    return head.encode() + base64.encodebytes(data)


def multipart(kind, parts, boundary):
    body = b"".join(b"--" + boundary + b"\n" + part.rstrip(b"\n") + b"\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary.decode()}"\n\n'.encode() + body + b"--" + boundary + b"--\n"


def content(mail):
    charset = mail.options.get("charset", CHARSETS[mail.language])
    encoding = mail.options.get("encoding", ["quoted-printable", "8bit", "base64"][mail.number % 3])
    plain = text_part(mail.full_text, "plain", charset, encoding)
    boundary = f"=_custos_{mail.number}".encode()
    if mail.options.get("html"):
        page = text_part(as_html(mail), "html", "utf-8", "quoted-printable")
        plain = multipart("alternative", [plain, page], boundary + b"a")
    if mail.options.get("html_only"):
        plain = text_part(as_html(mail), "html", "utf-8", "base64")
    attachments = [attachment_part(*attachment) for attachment in mail.options.get("attachments", [])]
    return multipart("mixed", [plain] + attachments, boundary + b"m") if attachments else plain


def raw(mail):
    subject = mail.subject if mail.subject.isascii() else email.header.Header(mail.subject, CHARSETS[mail.language] if mail.language != "nl" else "utf-8", maxlinelen=70).encode()
    fields = [f"Received: from mx.harrowvale.example by store.harrowvale.example with ESMTP id {mail.number:08x}; {email.utils.format_datetime(mail.date)}",
              f"From: {address(mail.sender)}", "To: " + ",\n ".join(address(person) for person in mail.recipients),
              f"Subject: {subject}", f"Date: {email.utils.format_datetime(mail.local_date())}",
              f"Message-ID: {mail.message_id}", "MIME-Version: 1.0"]
    if mail.parent is not None and not mail.options.get("no_references"):
        chain = []
        ancestor = mail.parent
        while ancestor is not None:
            chain.insert(0, ancestor.message_id)
            ancestor = ancestor.parent
        fields += [f"In-Reply-To: {mail.parent.message_id}", "References: " + "\n ".join(chain)]
    fields += mail.options.get("fields", [])
    return "\n".join(fields).encode() + b"\n" + content(mail)


class Firm:
    """All mail of the firm, in the order in which it was written."""

    def __init__(self):
        self.mails = []

    def add(self, *arguments, **options):
        mail = Mail(len(self.mails) + 1, *arguments, **options)
        compose(mail)
        self.mails.append(mail)
        return mail

    def conversation(self, subject, language, messages, **options):
        parent = None
        for sender, recipients, text in messages:
            prefix = "" if parent is None else REPLY.get(PEOPLE[sender][3], "Re: ")
            base = subject if parent is None else prefix + subject
            parent = self.add(sender, recipients, base, text, language, parent=parent, **options)
        return parent


def add_stories(firm):
    sheet = b"client;fee\nOstrava Steel;0.45\nNorthlight Pipelines;0.60\n"
    for kind, subject, language, messages in MISCONDUCT:
        last = firm.conversation(subject, language, messages)
        if kind == "data-leaving":
            last.options["attachments"] = [("clients.csv", "text/csv; charset=utf-8", sheet), ("portfolios.zip", "application/zip", b"PK\x05\x06" + bytes(18))]


def add_ordinary(firm):
    for round_number in range(2):
        for index, (subject, language, people, texts) in enumerate(ORDINARY):
            title = subject if round_number == 0 else subject + (" (II)" if language == "en" else " 2")
            messages = [(people[turn % len(people)], [person for person in people if person != people[turn % len(people)]],
                         text if round_number == 0 else text + f"\n\n[{2024 + round_number}/{index + 1}.{turn + 1}]") for turn, text in enumerate(texts)]
            firm.conversation(title, language, messages, html=index % 3 == 1, no_references=index % 5 == 4)


def add_personal_data(firm):
    people = list(PEOPLE)
    for index, (kind, text) in enumerate(PERSONAL_DATA):
        sender, recipient = people[index % 12], people[(index + 5) % 12]
        firm.add(sender, [recipient], f"Details {index + 1}", f"Hello,\n\n{text}\n\nThank you.", "en", html_only=index % 4 == 3, charset="utf-8")


def add_bulk(firm):
    for week in range(6):
        table = "<table><tr><th>Market</th><th>Close</th></tr>" + "".join(f"<tr><td>{name}</td><td>{value + week}</td></tr>" for name, value in [("Power north", 70), ("Power south", 83), ("Gas", 31)]) + "</table>"
        firm.add("tarrant", ["okoye", "marlow"], f"The Week in Energy, issue {41 + week}", "Our view of the week. Prices went sideways and storage filled.\n\nTo unsubscribe from this newsletter, visit https://news.tarrantadvisory.example/u/1.", "en", html=True, table=table,
                 fields=["List-Id: The Week in Energy <week.tarrantadvisory.example>", "List-Unsubscribe: <https://news.tarrantadvisory.example/u/1>", "Precedence: bulk"])
    for index in range(6):
        footer = "_______________________________________________\ndesk-talk mailing list\ndesk-talk@lists.harrowvale.example\nhttps://lists.harrowvale.example/listinfo/desk-talk"
        firm.add(["okoye", "sato", "quill"][index % 3], ["marlow"], f"[desk-talk] question {index + 1} about the model", f"Does anybody know why column {index + 3} is empty since Monday?\n\n{footer}", "en",
                 fields=["List-Id: desk-talk <desk-talk.lists.harrowvale.example>"])


def add_odd(firm):
    logo = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
    calendar = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Town hall\r\nDTSTART:20240610T140000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    firm.add("quill", ["pike", "lind"], "Town hall", "The invitation is attached.", "en", attachments=[("invite.ics", "text/calendar; charset=utf-8; method=REQUEST", calendar), ("logo.png", "image/png", logo)])
    firm.add("orlova", ["okoye"], "Протокол совещания", "Протокол во вложении.", "ru", attachments=[("Протокол совещания.txt", "text/plain; charset=koi8-r", "Присутствовали все.".encode("koi8-r"))])
    firm.add("sato", ["okoye"], "議事録", "議事録をお送りします。ご確認ください。", "en", charset="iso-2022-jp", encoding="base64")
    firm.add("sato", ["lind"], "会议安排", "会议改到星期三下午三点。", "en", charset="gb18030", encoding="base64")
    firm.add("holm", ["lind"], "Mødet", "Mødet er flyttet til fredag klokken ti.", "da", charset="utf-16", encoding="base64")
    first = firm.conversation("Terminal 2 figures", "en", [("okoye", ["marlow"], "Throughput was 41, 43 and 47 in the last three months. I would not read much into the last one.")])
    firm.add("marlow", ["pike"], "Fwd: Terminal 2 figures", "See below, this is what I meant.\n\n---------- Forwarded message ---------\nFrom: Ifeanyi Okoye <ifeanyi.okoye@harrowvale.example>\nDate: Mon, 4 Mar 2024\nSubject: Terminal 2 figures\nTo: Dana Marlow <dana.marlow@harrowvale.example>\n\n" + first.full_text, "en")


def unix_from(mail):
    return f"From {PEOPLE[mail.sender][1]} {mail.date.strftime('%a %b %e %H:%M:%S %Y')}\n".encode()


def mboxrd(mails):
    out = b""
    for mail in mails:
        lines = raw(mail).split(b"\n")
        quoted = [b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines]
        out += unix_from(mail) + b"\n".join(quoted).rstrip(b"\n") + b"\n\n"
    return out


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def write_maildir(folder, mails):
    for name in ("new", "tmp"):
        write(folder / name / ".keep", b"")
    for mail in mails:
        write(folder / "cur" / f"{int(mail.date.timestamp())}.M{mail.number}.store:2,{'RS' if mail.number % 2 else 'S'}", raw(mail))


def emlx(mail):
    data = raw(mail)
    plist = b'<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict><key>flags</key><integer>8590195713</integer></dict></plist>\n'
    return f"{len(data)}\n".encode() + data + plist


def tar_gz(mails):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for mail in mails:
            data = raw(mail)
            member = tarfile.TarInfo(f"backup/{mail.number}.eml")
            member.size, member.mtime = len(data), int(mail.date.timestamp())
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(buffer.getvalue(), mtime=0)


def zipped(mails):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("old/export.mbox", (2024, 7, 1, 0, 0, 0)), mboxrd(mails))
    return buffer.getvalue()


def chat_lines():
    lines = []
    for index, (channel, person, text) in enumerate(CHAT):
        date = START + datetime.timedelta(days=40, minutes=3 * index)
        lines.append(json.dumps({"id": f"chat-{index + 1:03}", "text": text, "from": PEOPLE[person][1], "date": date.isoformat(),
                                 "channel": "#" + channel, "thread": channel}, ensure_ascii=False))
    return ("\n".join(lines) + "\n").encode()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1]) / "harrow-vale"
    firm = Firm()
    for add in (add_stories, add_ordinary, add_personal_data, add_bulk, add_odd):
        add(firm)
    mails = firm.mails
    share = len(mails) // 6
    write(folder / "archive-2024.mbox", mboxrd(mails[:2 * share]))
    write_maildir(folder / "Maildir", mails[2 * share:3 * share])
    write_maildir(folder / "Maildir" / ".Projects.Energy", mails[3 * share:3 * share + 8])
    for mail in mails[3 * share + 8:4 * share]:
        write(folder / "lotus" / "inbox" / f"{mail.number}.", raw(mail).replace(b"\n", b"\r\n"))
    for mail in mails[4 * share:4 * share + 12]:
        write(folder / "apple" / f"{mail.number}.emlx", emlx(mail))
    write(folder / "backup.tar.gz", tar_gz(mails[4 * share + 12:5 * share]))
    write(folder / "old.zip", zipped(mails[5 * share:]))
    # The same messages in the recipients' mailboxes: kept once, with all their places.
    for mail in mails[::12]:
        write(folder / "eml" / f"copy-{mail.number}.eml", raw(mail))
    write(folder / "chat.jsonl", chat_lines())
    print(f"{len(mails)} messages, {len(mails[::12])} copies and {len(CHAT)} chat lines in {folder}")


main()
