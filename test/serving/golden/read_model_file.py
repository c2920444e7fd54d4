"""Writes read-model-file.json: what Python's safetensors 0.8 finds in ../fixtures/model-v2.safetensors.

Run: python test/serving/golden/read_model_file.py   (pip install safetensors numpy)
"""
import json
from pathlib import Path

import numpy as np
from safetensors import safe_open

here = Path(__file__).parent
with safe_open(here / "../fixtures/model-v2.safetensors", framework="numpy") as file:
    tensors = {name: file.get_tensor(name) for name in file.keys()}
    manifest = json.loads(file.metadata()["feedrank"])

(here / "read-model-file.json").write_text(json.dumps({
    "kind": manifest["kind"],
    "specHash": manifest["specHash"],
    "tensors": {
        name: {"dtype": str(t.dtype), "shape": list(t.shape), "sum": float(t.astype(np.float64).sum()), "first": float(t.flatten()[0]), "last": float(t.flatten()[-1])}
        for name, t in sorted(tensors.items())
    },
}, indent=1) + "\n")
