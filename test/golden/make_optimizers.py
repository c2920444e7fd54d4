"""Writes optimizers.json: trajectories of torch's optimizers (torch 2.13, float32) on fixed gradients.

Run: python test/golden/make_optimizers.py
"""
import json
from pathlib import Path

import torch

SIZE, STEPS = 6, 5
generator = torch.Generator().manual_seed(7)
start = torch.randn(SIZE, generator=generator)
gradients = torch.randn(STEPS, SIZE, generator=generator) * torch.tensor([1.0, 1e-3, 10.0, 1.0, 0.0, 1e-6])


def dense(make, lr):
    weights = torch.nn.Parameter(start.clone())
    optimizer = make([weights], lr)
    after = []
    for gradient in gradients:
        weights.grad = gradient.clone()
        optimizer.step()
        after.append(weights.detach().tolist())
    return after


ROWS, DIM = 7, 3
table = torch.randn(ROWS, DIM, generator=generator)
touched = [[0, 3], [3], [6, 1, 3], [0], [5, 6]]
row_gradients = [torch.randn(len(rows), DIM, generator=generator) for rows in touched]


def sparse(make, lr):
    weights = torch.nn.Parameter(table.clone())
    optimizer = make([weights], lr)
    after = []
    for rows, values in zip(touched, row_gradients):
        weights.grad = torch.sparse_coo_tensor(torch.tensor([rows]), values, (ROWS, DIM)).coalesce()
        optimizer.step()
        after.append(weights.detach().flatten().tolist())
    return after


cases = [
    {"optimizer": "sgd", "options": {}, "lr": 0.1, "after": dense(lambda p, lr: torch.optim.SGD(p, lr=lr), 0.1)},
    {"optimizer": "sgd", "options": {"momentum": 0.9}, "lr": 0.1, "after": dense(lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.9), 0.1)},
    {"optimizer": "adam", "options": {}, "lr": 0.01, "after": dense(lambda p, lr: torch.optim.Adam(p, lr=lr), 0.01)},
    {
        "optimizer": "adam", "options": {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-3}, "lr": 0.01,
        "after": dense(lambda p, lr: torch.optim.Adam(p, lr=lr, betas=(0.5, 0.9), eps=1e-3), 0.01),
    },
    {"optimizer": "adamW", "options": {}, "lr": 0.01, "after": dense(lambda p, lr: torch.optim.AdamW(p, lr=lr, weight_decay=0.01), 0.01)},
    {
        "optimizer": "adamW", "options": {"weightDecay": 0.3}, "lr": 0.05,
        "after": dense(lambda p, lr: torch.optim.AdamW(p, lr=lr, weight_decay=0.3), 0.05),
    },
]
row_cases = [
    {"optimizer": "rowSgd", "options": {}, "lr": 0.1, "after": sparse(lambda p, lr: torch.optim.SGD(p, lr=lr), 0.1)},
    {"optimizer": "lazyAdam", "options": {}, "lr": 0.01, "after": sparse(lambda p, lr: torch.optim.SparseAdam(p, lr=lr), 0.01)},
    {
        "optimizer": "lazyAdam", "options": {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-2}, "lr": 0.1,
        "after": sparse(lambda p, lr: torch.optim.SparseAdam(p, lr=lr, betas=(0.5, 0.9), eps=1e-2), 0.1),
    },
]
out = {
    "source": f"torch {torch.__version__.split('+')[0]}, test/golden/make_optimizers.py",
    "start": start.tolist(),
    "gradients": gradients.tolist(),
    "cases": cases,
    "table": {"rows": ROWS, "dim": DIM, "values": table.flatten().tolist()},
    "touched": touched,
    "rowGradients": [values.flatten().tolist() for values in row_gradients],
    "rowCases": row_cases,
}
Path(__file__).with_name("optimizers.json").write_text(json.dumps(out, indent=1) + "\n")
