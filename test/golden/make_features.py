"""Writes features.json: n-grams, hashes and norms by scikit-learn, weighted bags by torch, clocks by zoneinfo.

Run: python test/golden/make_features.py
"""
import json
from pathlib import Path
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import numpy as np
import sklearn
import torch
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize
from sklearn.utils import murmurhash3_32

texts = [
    "Surf the SEA, surf the sun!",
    "a b c",
    "",
    "  spaces\t\tand\nlines  ",
    "Größe und Straße",
    "Привет, мир",
    "東京タワー 2026",
    "naïve café déjà-vu",
    "emoji 🏄🏽 inside",
    "under_score and 3.14 don't",
    "x",
    "ÀÉÎ ŒUVRE",
]
rules = [
    {"analyzer": "word", "ngrams": [1, 1]},
    {"analyzer": "word", "ngrams": [1, 2]},
    {"analyzer": "word", "ngrams": [2, 3]},
    {"analyzer": "char", "ngrams": [2, 3]},
    {"analyzer": "char_wb", "ngrams": [3, 5]},
    {"analyzer": "char_wb", "ngrams": [1, 2]},
]
buckets, seed = 1021, 7


def ngrams(rule):
    analyze = CountVectorizer(analyzer=rule["analyzer"], ngram_range=tuple(rule["ngrams"])).build_analyzer()
    return [
        {"grams": analyze(text), "ids": [int(murmurhash3_32(gram, seed, positive=True)) % buckets for gram in analyze(text)]}
        for text in texts
    ]


def bags():
    table = torch.tensor([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75], [-2.0, 1.0, 0.125], [0.1, 0.2, 0.3]], dtype=torch.float64)
    ids = [1, 2, 1, 3, 0, 2]
    weights = [0.5, 2.0, 1.0, 0.0, 3.0, 0.25]
    offsets = [0, 3, 3, 4, 6]
    w = torch.tensor(weights, dtype=torch.float64)
    total = torch.nn.functional.embedding_bag(
        torch.tensor(ids), table, torch.tensor(offsets[:-1]), mode="sum", per_sample_weights=w
    )
    sums = torch.tensor([[sum(weights[a:b]), np.sqrt(sum(x * x for x in weights[a:b]))] for a, b in zip(offsets, offsets[1:])])
    by = lambda divisor: torch.where(divisor[:, None] > 0, total / divisor[:, None].clamp(min=1e-30), torch.zeros(()).double())
    return {
        "table": table.tolist(), "ids": ids, "weights": weights, "offsets": offsets,
        "sum": total.tolist(), "mean": by(sums[:, 0]).tolist(), "sqrtn": by(sums[:, 1]).tolist(),
    }


def clocks():
    zones = ["UTC", "Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns", "Asia/Kathmandu"]
    moments = [0, 951_782_400_123, 1_711_846_799_999, 1_711_846_800_000, 1_730_617_199_000, 1_730_613_600_000, 1_763_638_200_000, 1_325_239_200_000, 1_767_225_599_999]
    rows = []
    for name in zones:
        for ms in moments:
            at = datetime.fromtimestamp(ms // 1000, timezone.utc).astimezone(ZoneInfo(name))
            seconds = at.hour * 3600 + at.minute * 60 + at.second + (ms % 1000) / 1000
            first = at.replace(month=1, day=1, tzinfo=None)
            days = 366 if (first.year % 4 == 0 and first.year % 100 != 0) or first.year % 400 == 0 else 365
            month = [31, 29 if days == 366 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][at.month - 1]
            rows.append({
                "zone": name, "ms": ms, "hour-of-day": seconds / 86400, "day-of-week": (at.weekday() + seconds / 86400) / 7,
                "day-of-month": (at.day - 1 + seconds / 86400) / month, "day-of-year": (at.timetuple().tm_yday - 1 + seconds / 86400) / days,
            })
    return rows


vectors = [[3.0, 4.0], [0.0, 0.0], [1e-3, -2e-3], [1e30, 1e30], [-5.0, 0.0]]
Path(__file__).with_name("features.json").write_text(json.dumps({
    "source": f"scikit-learn {sklearn.__version__}, torch {torch.__version__.split('+')[0]}, zoneinfo, test/golden/make_features.py",
    "buckets": buckets, "seed": seed, "texts": texts,
    "ngrams": [{**rule, "of": ngrams(rule)} for rule in rules],
    "bags": bags(),
    "normalized": {"vectors": vectors, "l2": normalize(np.array(vectors)).tolist()},
    "clocks": clocks(),
}, ensure_ascii=False) + "\n")
