"""Writes wide-and-deep.json: a small Wide & Deep model in torch 2.13, double precision, trained by Adam and SparseAdam.

Run: python test/golden/make_wide_and_deep.py
"""
import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(5)
ROWS, BATCH, EPOCHS, RATE, MOMENTUM, EPSILON = 24, 8, 4, 0.01, 0.1, 1e-5
USERS, TAGS, CROSS, BAG_CROSS = 5, 7, 11, 13
USER_DIM, TAG_DIM, WIDTH, HIDDEN = 3, 2, 2, (6, 4)
MEAN, DEVIATION = 30.0, 12.5
HEAD_WEIGHTS = {"clicked": 1.0, "seconds": 0.5}


def normal(*shape):
    return torch.randn(*shape, generator=generator).float().double()


def integers(high, count):
    return torch.randint(high, (count,), generator=generator)


def flat(tensor):
    return tensor.detach().flatten().tolist()


def bags(high):
    sizes = integers(4, ROWS)
    offsets = torch.cat([torch.zeros(1, dtype=torch.long), sizes.cumsum(0)])
    return integers(high, int(offsets[-1])), offsets


user = integers(USERS, ROWS)
tags, tag_offsets = bags(TAGS)
cross = integers(CROSS, ROWS)
bag_cross, bag_cross_offsets = bags(BAG_CROSS)
numbers = normal(ROWS, WIDTH)
labels = {"clicked": integers(2, ROWS).double(), "seconds": MEAN + DEVIATION * normal(ROWS).float().double()}
labels["seconds"] = labels["seconds"].float().double()
masks = {"clicked": (integers(4, ROWS) > 0).double(), "seconds": labels["clicked"].clone()}

inputs = USER_DIM + TAG_DIM + WIDTH
# Small logits: where probabilities saturate, a gradient of float32 has few digits left, and Adam makes a whole step of it.
dense = {
    "deep/0/kernel": normal(inputs, HIDDEN[0]), "deep/0/bias": 0.3 * normal(HIDDEN[0]),
    "deep/0/norm/scale": 1 + 0.2 * normal(HIDDEN[0]), "deep/0/norm/shift": 0.2 * normal(HIDDEN[0]),
    "deep/1/kernel": normal(HIDDEN[0], HIDDEN[1]), "deep/1/bias": 0.3 * normal(HIDDEN[1]),
    "head/kernel": 0.2 * normal(HIDDEN[1], 2), "head/bias": 0.1 * normal(2),
}
tables = {"user": normal(USERS, USER_DIM), "tags": normal(TAGS, TAG_DIM), "wide:cross": 0.1 * normal(CROSS, 2), "wide:bagCross": 0.1 * normal(BAG_CROSS, 2)}
dense = {name: value.float().double().requires_grad_() for name, value in dense.items()}
tables = {name: value.float().double().requires_grad_() for name, value in tables.items()}
running = {"deep/0/norm/mean": torch.zeros(HIDDEN[0]), "deep/0/norm/variance": torch.ones(HIDDEN[0])}
start = {"weights": {n: flat(v) for n, v in dense.items()}, "tables": {n: flat(v) for n, v in tables.items()}}


def bag(table, ids, offsets, rows, mode):
    begin, end = int(offsets[rows.start]), int(offsets[rows.stop])
    return F.embedding_bag(ids[begin:end], table, offsets[rows.start : rows.stop + 1] - begin, mode=mode, sparse=True, include_last_offset=True)


def logits(rows, training):
    x = torch.cat([
        F.embedding(user[rows], tables["user"], sparse=True),
        bag(tables["tags"], tags, tag_offsets, rows, "mean"),
        numbers[rows],
    ], dim=1)
    h = F.relu(x @ dense["deep/0/kernel"] + dense["deep/0/bias"])
    mean, variance = running["deep/0/norm/mean"], running["deep/0/norm/variance"]
    if training:
        # torch's own running variance is the unbiased one; ours is that of the batch itself, so it is averaged here.
        with torch.no_grad():
            observed = h.mean(0), h.var(0, unbiased=False)
        h = F.batch_norm(h, None, None, dense["deep/0/norm/scale"], dense["deep/0/norm/shift"], training=True, eps=EPSILON)
        mean += MOMENTUM * (observed[0] - mean)
        variance += MOMENTUM * (observed[1] - variance)
    else:
        h = F.batch_norm(h, mean, variance, dense["deep/0/norm/scale"], dense["deep/0/norm/shift"], training=False, eps=EPSILON)
    h = F.relu(h @ dense["deep/1/kernel"] + dense["deep/1/bias"])
    wide = F.embedding(cross[rows], tables["wide:cross"], sparse=True) + bag(tables["wide:bagCross"], bag_cross, bag_cross_offsets, rows, "sum")
    return h @ dense["head/kernel"] + dense["head/bias"] + wide


def losses(rows):
    z = logits(rows, training=True)
    values = {
        "clicked": F.binary_cross_entropy_with_logits(z[:, 0], labels["clicked"][rows], reduction="none"),
        "seconds": F.mse_loss(z[:, 1], (labels["seconds"][rows] - MEAN) / DEVIATION, reduction="none"),
    }
    parts = {name: (v * masks[name][rows]).sum() / masks[name][rows].sum().clamp(min=1) for name, v in values.items()}
    return sum(HEAD_WEIGHTS[name] * part for name, part in parts.items()), parts


adam = torch.optim.Adam(dense.values(), lr=RATE)
sparse_adam = torch.optim.SparseAdam(list(tables.values()), lr=RATE)
epochs, first = [], None
for epoch in range(EPOCHS):
    total = 0.0
    for begin in range(0, ROWS, BATCH):
        adam.zero_grad()
        sparse_adam.zero_grad()
        loss, parts = losses(slice(begin, begin + BATCH))
        loss.backward()
        if first is None:
            first = {
                "loss": loss.item(), "parts": {n: p.item() for n, p in parts.items()},
                "gradients": {n: flat(w.grad.to_dense()) for n, w in [*dense.items(), *tables.items()]},
            }
        adam.step()
        sparse_adam.step()
        total += loss.item() * BATCH
    epochs.append(total / ROWS)

with torch.no_grad():
    z = logits(slice(0, ROWS), training=False)
out = {
    "source": f"torch {torch.__version__.split('+')[0]}, test/golden/make_wide_and_deep.py",
    "rows": ROWS, "batchSize": BATCH, "epochs": EPOCHS, "learningRate": RATE, "momentum": MOMENTUM, "hidden": HIDDEN,
    "features": {
        "user": {"ids": flat(user), "cardinality": USERS, "dim": USER_DIM},
        "tags": {"ids": flat(tags), "offsets": flat(tag_offsets), "cardinality": TAGS, "dim": TAG_DIM},
        "numbers": {"values": flat(numbers), "width": WIDTH},
        "cross": {"ids": flat(cross), "cardinality": CROSS},
        "bagCross": {"ids": flat(bag_cross), "offsets": flat(bag_cross_offsets), "cardinality": BAG_CROSS},
    },
    "labels": {n: {"values": flat(labels[n]), "mask": flat(masks[n]), "weight": HEAD_WEIGHTS[n]} for n in labels},
    "mean": MEAN, "deviation": DEVIATION,
    "start": start, "first": first, "losses": epochs,
    "after": {
        "weights": {n: flat(v) for n, v in dense.items()},
        "tables": {n: flat(v) for n, v in tables.items()},
        "statistics": {n: flat(v) for n, v in running.items()},
        "clicked": flat(torch.sigmoid(z[:, 0])), "seconds": flat(MEAN + DEVIATION * z[:, 1]),
    },
}
Path(__file__).with_name("wide-and-deep.json").write_text(json.dumps(out, indent=1) + "\n")
