"""Loads weights that feedrank wrote into the PyTorch model, strictly, and prints what it scores.

Run by main.ts: python check.py rows.json weights.safetensors   (pip install torch safetensors)
"""
import json
import sys

from safetensors.torch import load_file

from model import WideAndDeep, read, scores

with open(sys.argv[1]) as file:
    given = json.load(file)
sizes = given["sizes"]
model = WideAndDeep(sizes["user"], sizes["tags"], sizes["cross"])
weights = load_file(sys.argv[2])
# The one thing of a state dict that has no counterpart: how many batches the batch norm saw.
weights["deep.2.num_batches_tracked"] = model.state_dict()["deep.2.num_batches_tracked"]
model.load_state_dict(weights, strict=True)
print(json.dumps(scores(model, read(given["asked"]))))
