"""Trains the model in PyTorch on rows that feedrank encoded; writes its weights and what it scores.

Run by main.ts: python train.py rows.json weights.safetensors scores.json   (pip install torch safetensors)
"""
import json
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from model import WideAndDeep, read, scores

rows_path, weights_path, scores_path = sys.argv[1:]
with open(rows_path) as file:
    given = json.load(file)
train, asked, sizes = read(given["train"]), read(given["asked"]), given["sizes"]

torch.manual_seed(7)
model = WideAndDeep(sizes["user"], sizes["tags"], sizes["cross"])
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
model.train()
for _ in range(60):
    clicked, seconds = model(train)
    loss = F.binary_cross_entropy_with_logits(clicked, train["clicked"]) + 0.1 * F.mse_loss(seconds, train["seconds"])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

save_file(model.state_dict(), weights_path, metadata={"torch": torch.__version__})
with open(scores_path, "w") as file:
    json.dump(scores(model, asked), file)
