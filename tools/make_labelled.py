"""Writes labelled texts as JSON lines, for tests of heads: invented sentences that ask, tell or thank.

usage: make_labelled.py COUNT SEED
"""
import json
import random
import sys

THINGS = ["the budget", "the report", "the minutes", "the contract", "the forecast", "your slides", "the invoice",
          "the agenda", "the new numbers", "the draft", "the schedule", "the summary", "the price list"]
TIMES = ["today", "before noon", "by friday", "this week", "after lunch", "in the morning", "next month", "tonight"]
PEOPLE = ["the team", "finance", "the client", "legal", "the board", "our partners", "support", "the auditors"]
PATTERNS = {
    "ask": ["could you send me {thing} {time}?", "please forward {thing} to {person} {time}",
            "can {person} have {thing} {time}?", "would you mind checking {thing} {time}?",
            "i need {thing} from {person} {time}, can you help?", "when will {person} get {thing}?"],
    "tell": ["{person} will present {thing} {time}", "{thing} went to {person} and will be signed {time}",
             "we moved {thing}, {person} meets {time}", "{person} finished {thing}, it goes out {time}",
             "for your information, {thing} is with {person}", "{thing} changed again, {person} knows"],
    "thank": ["thank you for {thing}", "many thanks to {person} for {thing}", "thanks, {thing} was just what {person} wanted",
              "i am grateful to {person}, {thing} is great", "{thing} looks wonderful, thank you so much",
              "much appreciated, {person} loved {thing}"],
}


def main():
    count, seed = map(int, sys.argv[1:])
    dice = random.Random(seed)
    for _ in range(count):
        label = dice.choice(sorted(PATTERNS))
        text = dice.choice(PATTERNS[label]).format(thing=dice.choice(THINGS), time=dice.choice(TIMES),
                                                   person=dice.choice(PEOPLE))
        print(json.dumps({"text": text, "label": label}))


main()
