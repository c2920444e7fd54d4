"""Writes encodings.json: scaled numbers, bins and hashes by scikit-learn and NumPy.

Run: python test/golden/make_encodings.py
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.feature_extraction import FeatureHasher
from sklearn.preprocessing import KBinsDiscretizer, MinMaxScaler, StandardScaler
from sklearn.utils import murmurhash3_32

random = np.random.default_rng(5)
columns = {
    "normal": random.normal(3, 10, 120),
    "far": 1e6 + random.normal(0, 1, 120),
    "heavy tail": np.floor(random.pareto(0.7, 120) * 10),
    "few values": random.integers(0, 5, 120).astype(float),
    "constant": np.full(120, 0.1),
    "tiny": random.normal(0, 1e-9, 120),
}
train = slice(0, 80)


def scaled(scaler, values):
    return scaler.fit(values[train].reshape(-1, 1)).transform(values.reshape(-1, 1)).ravel().tolist()


numbers = {}
for name, values in columns.items():
    quantiles = np.quantile(values[train], np.arange(1, 10) / 10)
    low, high = np.quantile(values[train], [0.05, 0.95])
    numbers[name] = {
        "values": values.tolist(),
        "z-score": scaled(StandardScaler(), values),
        "min-max": scaled(MinMaxScaler(), values),
        "log1p": scaled(StandardScaler(), np.log1p(np.abs(values))),
        "clipped": scaled(StandardScaler(), np.clip(values, low, high)),
        "quantiles": quantiles.tolist(),
        "bins": np.digitize(values, np.unique(quantiles)).tolist(),
    }

bins = KBinsDiscretizer(n_bins=10, encode="ordinal", strategy="quantile", quantile_method="linear", subsample=None)
discretized = bins.fit(columns["normal"][train].reshape(-1, 1)).transform(columns["normal"].reshape(-1, 1)).ravel().astype(int).tolist()

texts = ["", "a", "ab", "abc", "abcd", "user:42", "0", "-1", "18446744073709551615", "1.5", "日本語", "naïve", "🐈", "👩‍🚀 x", "__proto__", "constructor", "\x00", "x" * 1000, "é" * 700]
hashes = [{"text": text, "seed": seed, "hash": murmurhash3_32(text.encode(), seed=seed, positive=True)} for text in texts for seed in [0, 1, 42, 0x9747B28C, 2**32 - 1]]

hasher = FeatureHasher(n_features=1000, input_type="string", alternate_sign=True)
hashed = [{"text": text, "column": int(row.indices[0]), "sign": int(row.data[0])} for text in texts if text for row in [hasher.transform([[text]])]]

result = {
    "made with": f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}", "train": 80, "numbers": numbers,
    "discretized": discretized, "hashes": hashes, "hashed": hashed,
}
Path(__file__).with_name("encodings.json").write_text(json.dumps(result) + "\n")
