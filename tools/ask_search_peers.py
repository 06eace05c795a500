"""Answers search queries with bm25s and with sentence-transformers, for score_search.py.

usage: ask_search_peers.py [MODEL_FOLDER] < {"documents": {name: text}, "queries": [text]} > {peer: [[name, …], …]}
"""
import json
import sys


def main():
    task = json.load(sys.stdin)
    names, texts = list(task["documents"]), list(task["documents"].values())
    answers = {}
    import bm25s
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)
    found, _ = index.retrieve(bm25s.tokenize(task["queries"], stopwords="en", show_progress=False), k=10, show_progress=False)
    answers["bm25s"] = [[names[number] for number in row] for row in found]
    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer("sentence-transformers/all-MiniLM-L6-v2" if len(sys.argv) < 2 else sys.argv[1])
    scores = model.encode(task["queries"], normalize_embeddings=True) @ model.encode(texts, normalize_embeddings=True).T
    answers["sentence-transformers"] = [[names[number] for number in (-row).argsort()[:10]] for row in scores]
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
