"""Writes mail in which every type of personal data stands in every place that a message has, each time another value.

usage: make_canaries.py FOLDER [--full]

FOLDER/mail has eml/, box.mbox and chat.jsonl, to be ingested; FOLDER/canaries.json has what was planted where, for
check_canaries.py, and harmless words of which one was planted in each place, which that check has to find. --full plants
what the profile `full` masks as well. The same run writes the same bytes.

Addresses and names of From and To are the archive's business data: no canary is one of them. But the displayed name is a
place for every other type.
"""
import argparse
import email.header
import email.message
import email.policy
import html
import json
import pathlib
import random
import urllib.parse

import canary_values

SEED = 20240517
POLICY = email.policy.SMTP.clone(linesep="\n")
UNFOLDED = POLICY.clone(max_line_length=998)
# The first that can say it; the last can say all.
CHARSETS = ("windows-1252", "koi8-r", "euc-kr", "gb18030")
# Values of several lines, or with what no file name has.
NOT_IN_HEADERS = {"PRIVATE_KEY"}
NOT_IN_NAMES = {"PRIVATE_KEY", "URL", "CRYPTO:ethereum"}
NOT_IN_FROM = {*NOT_IN_HEADERS, "NAME"}
# Places whose text Custos need not keep.
MAY_VANISH = {"html-title", "html-alt", "html-comment", "attached-message-subject"}


class Planter:
    """Hands out sentences with a fresh value, and keeps book."""

    def __init__(self, kinds):
        self.kinds, self.rng, self.planted, self.words = kinds, random.Random(SEED), [], {}

    def plant(self, kind, place, cue=None):
        """(words before it, value)"""
        value = canary_values.value_of(kind, self.rng)
        self.planted.append({"type": kind, "place": place, "value": value})
        return self.kinds[kind][0] if cue is None else cue, value

    def sentence(self, kind, place):
        cue, value = self.plant(kind, place)
        joint = "" if cue.endswith("\n") else " "
        return f"{self.marker(place)}: {cue}{joint}{value}"

    def in_header(self, kind, place):
        return "Papers" if kind in NOT_IN_HEADERS else self.sentence(kind, place)

    def in_from(self, kind):
        return "Ann Ward" if kind in NOT_IN_FROM else "Ann " + self.sentence(kind, "from-name")

    def marker(self, place):
        word = "marker" + place.replace("-", "")
        self.words[place] = {"place": place, "word": word, "must": place not in MAY_VANISH}
        return word


def html_page(planter, kind):
    text, split = planter.sentence(kind, "html-text"), planter.plant(kind, "html-split")
    page = f"<p>{html.escape(text)}</p>"
    if kind not in NOT_IN_HEADERS:
        middle = len(split[1]) // 2
        page += f"<p>{html.escape(split[0])} {html.escape(split[1][:middle])}<b>{html.escape(split[1][middle:])}</b></p>"
        note = urllib.parse.quote_plus(planter.sentence(kind, "html-href"))
        page += f'<p><a href="https://forms.firm.example/add?note={note}" title="{html.escape(planter.sentence(kind, "html-title"))}">'
        page += f'form</a> <img src="x.png" alt="{html.escape(planter.sentence(kind, "html-alt"))}"></p>'
    page += f"<!-- {html.escape(planter.sentence(kind, 'html-comment'))} -->"
    return f"<html><body><p>Good morning,</p>{page}</body></html>"


def shown_name(text):
    """A display name as a header has it: quoted, or an encoded word."""
    if not text.isascii():
        return email.header.Header(text, "utf-8", maxlinelen=998).encode()
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def headed(number, name, shown="Ann Ward", subject="Papers"):
    message = email.message.EmailMessage(policy=POLICY)
    message["From"] = f"{shown_name(shown)} <ann.ward@firm.example>"
    message["To"] = "Ben Ode <ben.ode@firm.example>"
    message["Date"] = f"Fri, 17 May 2024 {number // 60 % 24:02}:{number % 60:02}:00 +0000"
    message["Message-ID"] = f"<{name}-{number}@firm.example>"
    message["Subject"] = subject
    return message


def attached_message(planter, kind, number):
    message = headed(number, "inner", subject=planter.in_header(kind, "attached-message-subject"))
    message.set_content(f"Hello,\n{planter.sentence(kind, 'attached-message-body')}\n")
    return message


def rich_mail(planter, kind, number):
    """Quoted-printable text, HTML in Base64, an attached text whose name tells, an attached message."""
    message = headed(number, "rich", planter.in_from(kind), planter.in_header(kind, "subject"))
    body = f"Good morning,\n\n{planter.sentence(kind, 'plain-quoted-printable')}\n\nKind regards\n"
    message.set_content(body, cte="quoted-printable")
    message.add_alternative(html_page(planter, kind), subtype="html", cte="base64")
    name = "table.csv" if kind in NOT_IN_NAMES else planter.sentence(kind, "attachment-name") + ".csv"
    table = f"row,note\n1,{planter.sentence(kind, 'attachment-text')}\n"
    message.add_attachment(table, subtype="csv", filename=name, cte="base64")
    message.add_attachment(attached_message(planter, kind, number))
    return message.as_bytes(policy=UNFOLDED)


def encoded(planter, kind):
    """The body of a mail in an old charset, and that charset."""
    parts = ("body-charset", "quote", "signature")
    body, quote, signature = (planter.sentence(kind, part) for part in parts)
    quoted = "\n".join("> " + line for line in quote.split("\n"))
    text = (f"Hello Ben,\n\n{body}\n\nOn Thu, 16 May 2024 at 09:12, Ben Ode <ben.ode@firm.example> wrote:\n\n{quoted}\n\n"
            f"-- \nAnn Ward\n{signature}\n")
    for charset in CHARSETS:
        try:
            return text.encode(charset), charset
        except UnicodeEncodeError:
            continue
    return text.encode(), "utf-8"


def plain_mail(planter, kind, number):
    """One part, eight bits, in an old charset: authored text, quoted history, signature."""
    body, charset = encoded(planter, kind)
    head = headed(number, "plain")
    head["MIME-Version"] = "1.0"
    head["Content-Type"] = f"text/plain; charset={charset}"
    head["Content-Transfer-Encoding"] = "8bit"
    return head.as_bytes().rstrip(b"\n") + b"\n\n" + body


def base64_mail(planter, kind, number):
    message = headed(number, "coded", subject=planter.in_header(kind, "subject-folded"))
    message.set_content(f"Hello,\n{planter.sentence(kind, 'plain-base64')}\n", cte="base64")
    return message.as_bytes()


def chat_line(planter, kind, number):
    text = f"hi, {planter.sentence(kind, 'jsonl-text')}, thanks"
    return json.dumps({"id": f"chat-{number}", "text": text, "from": "ann.ward@firm.example", "channel": "desk"}) + "\n"


def write(folder, planter):
    mail = folder / "mail"
    (mail / "eml").mkdir(parents=True)
    with open(mail / "box.mbox", "wb") as box, open(mail / "chat.jsonl", "w", encoding="utf-8") as chat:
        for number, kind in enumerate(planter.kinds):
            (mail / "eml" / f"{number:03}.eml").write_bytes(rich_mail(planter, kind, number))
            for make in (plain_mail, base64_mail):
                box.write(b"From ann.ward@firm.example Fri May 17 09:00:00 2024\n" + make(planter, kind, number) + b"\n")
            chat.write(chat_line(planter, kind, number))
    book = {"canaries": planter.planted, "markers": list(planter.words.values())}
    (folder / "canaries.json").write_text(json.dumps(book, indent=1, ensure_ascii=False), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    kinds = dict(canary_values.KINDS, **(canary_values.FULL_KINDS if args.full else {}))
    planter = Planter(kinds)
    write(args.folder, planter)
    places = {canary["place"] for canary in planter.planted}
    print(f"planted {len(planter.planted)} values of {len(kinds)} types in {len(places)} places")


if __name__ == "__main__":
    main()
