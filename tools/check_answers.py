"""Are questions to the sample answered from the right message, and does every citation fit?

usage: check_answers.py CUSTOS ARCHIVE

ARCHIVE: samples/harrow-vale, ingested with the embedding model. An answer is right when one of its sentences has the words
that are wanted. Each citation is compared, byte by byte, with what `custos show --json` prints for that part, and its SHA-256
with that of the original. Prints one line; exits 1 naming what is wrong.
"""
import hashlib
import json
import subprocess
import sys

ANSWERED = {
    "What did Dana Marlow tell Okoye to buy?": "Buy Northlight for the house book",
    "How much does the invoice for site studies come to?": "An invoice of 45,000",
    "When does the board meet?": "the board meets on Thursday",
    "When does the candidate come for the interview?": "The candidate comes at nine",
    "Which room is the kick-off in?": "The room is 4.02",
    "What does Joel Fenn want to make?": "formal complaint",
    "How many shares were filled, and at what average?": "140,000 shares at an average of 11.82",
    "What is sent to the private address?": "full client list",
    "Where does day-ahead settle in the north?": "71.40 in the north",
    "When is the cable back?": "The cable is back on Saturday",
    "Was ist mit den Zahlen auf Seite fünf?": "die Zahlen auf Seite fünf stimmen nicht",
    "What is missing in the presentation?": "Il manque seulement la source",
}
NOT_THERE = ["How do I bake sourdough bread?", "Which flight goes to Tokyo?", "Who won the football match in Madrid?",
             "What is the boiling point of mercury?", "Which vaccine was approved by the ministry of health?",
             "How many employees does the Chicago plant have?"]


def custos(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True)
    if done.returncode != 0:
        sys.exit(f"custos {arguments[0]} ended with {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def faults_of(program, archive, citation):
    message = json.loads(custos(program, "show", archive, citation["message"], "--json"))
    texts = [part["text"] for part in message["parts"] if part["part"] == citation["part"]]
    original = custos(program, "show", archive, citation["message"], "--original", "--reveal", "--purpose", "check")
    if not texts or texts[0].encode()[citation["begin"]:citation["end"]] != citation["quote"].encode():
        yield "its quote is not what show prints"
    if hashlib.sha256(original).hexdigest() != citation["sha256"]:
        yield "its sha256 is not the original's"


def main():
    program, archive = sys.argv[1:]
    right, wrong = 0, []
    for question, wanted in ANSWERED.items():
        answer = json.loads(custos(program, "ask", archive, question, "--json"))
        texts = [" ".join(sentence["text"].split()) for sentence in answer["sentences"]]
        right += any(wanted in text for text in texts)
        if not any(wanted in text for text in texts):
            print(f"{question!r} was answered with {texts}", file=sys.stderr)
        for sentence in answer["sentences"]:
            for citation in sentence["citations"]:
                wrong += [f"{question!r}: {fault}" for fault in faults_of(program, archive, citation)]
            if not sentence["citations"] or not sentence["supported"]:
                wrong.append(f"{question!r}: a sentence without a citation that verifies")
    absent = 0
    for question in NOT_THERE:
        found = json.loads(custos(program, "ask", archive, question, "--json"))["found"]
        absent += not found
        if found:
            print(f"{question!r} was answered", file=sys.stderr)
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{right} of {len(ANSWERED)} questions are answered from the right message, {absent} of {len(NOT_THERE)} that have "
          "no answer are not found; every citation fits what show prints and the original")
    sys.exit(0 if right >= len(ANSWERED) - 1 and absent == len(NOT_THERE) else 1)


main()
