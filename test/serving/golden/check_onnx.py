"""Checks ONNX files with the onnx package and runs them with Python's onnxruntime.

Run: python test/serving/golden/check_onnx.py FOLDER   (pip install onnx onnxruntime numpy)

FOLDER holds NAME.onnx and NAME.json, `{ feeds: { input: { type, data, dims } } }`; for each, the outputs are printed as one
line of JSON, `{ NAME: { outputs, metadata } }`. check-onnx.json is what it printed for the files that
test/serving/onnx/export-onnx.test.ts writes (onnx 1.23.1, onnxruntime 1.30.0).
"""
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

results = {}
for path in sorted(Path(sys.argv[1]).glob("*.onnx")):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    feeds = {
        name: np.array(feed["data"], dtype=feed["type"]).reshape(feed["dims"])
        for name, feed in json.loads(path.with_suffix(".json").read_text())["feeds"].items()
    }
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    results[path.stem] = {
        "outputs": {name: value.astype(np.float64).flatten().tolist() for name, value in zip(names, session.run(names, feeds))},
        "metadata": {prop.key: prop.value for prop in model.metadata_props if prop.key != "feedrank.inputs"},
        "producer": f"{model.producer_name} {model.producer_version}",
    }
print(json.dumps(results))
