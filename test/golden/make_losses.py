"""Writes losses.json: losses and their gradients by torch 2.13 in double precision.

Run: python test/golden/make_losses.py
"""
import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(11)


def normal(*shape):
    return torch.randn(*shape, generator=generator).float().double()


def flat(tensor):
    return tensor.detach().flatten().tolist()


def masked_mean(values, mask):
    return (values * mask).sum() / mask.sum().clamp(min=1)


def pointwise():
    logits = (4 * normal(9)).requires_grad_()
    labels = torch.tensor([0.0, 1, 1, 0, 1, 0, 0, 1, 0.25])
    mask = torch.tensor([1.0, 1, 0, 1, 0, 1, 1, 1, 1])
    cases = {}
    for name, values in (
        ("sigmoidCrossEntropy", F.binary_cross_entropy_with_logits(logits, labels, reduction="none")),
        ("squaredError", F.mse_loss(logits, labels, reduction="none")),
    ):
        loss = masked_mean(values, mask)
        (gradient,) = torch.autograd.grad(loss, logits)
        cases[name] = {"values": flat(values), "loss": loss.item(), "gradient": flat(gradient)}
    return {"logits": flat(logits), "labels": flat(labels), "mask": flat(mask), **cases}


def sampled_softmax(positive_ids, candidate_ids, positions, q, temperature):
    dim = 3
    queries = normal(len(positive_ids), dim).requires_grad_()
    candidates = normal(len(candidate_ids), dim).requires_grad_()
    log_q = torch.log(q[candidate_ids])
    scores = queries @ candidates.T / temperature - log_q
    own = torch.arange(len(candidate_ids))[None, :] == positions[:, None]
    hits = (candidate_ids[None, :] == positive_ids[:, None]) & ~own
    loss = F.cross_entropy(scores.masked_fill(hits, -torch.inf), positions)
    gradients = torch.autograd.grad(loss, (queries, candidates))
    return {
        "queries": flat(queries), "candidates": flat(candidates), "dim": dim, "temperature": temperature,
        "logQ": flat(log_q), "positiveLogQ": flat(torch.log(q[positive_ids])), "positiveIds": flat(positive_ids),
        "candidateIds": flat(candidate_ids), "positions": flat(positions), "loss": loss.item(),
        "gradientOfQueries": flat(gradients[0]), "gradientOfCandidates": flat(gradients[1]),
    }


q = torch.tensor([0.4, 0.3, 0.15, 0.1, 0.05])
ids = torch.tensor
out = {
    "source": f"torch {torch.__version__.split('+')[0]}, test/golden/make_losses.py",
    "pointwise": pointwise(),
    "sampledSoftmax": {
        "in-batch with hits": sampled_softmax(ids([0, 1, 0, 3]), ids([0, 1, 0, 3]), ids([0, 1, 2, 3]), q, 0.1),
        "mixed": sampled_softmax(ids([0, 1, 4]), ids([0, 1, 4, 2, 2, 0]), ids([0, 1, 2]), q, 0.5),
        "cold": sampled_softmax(ids([2, 4]), ids([2, 4, 0, 1, 4]), ids([0, 1]), q, 0.05),
    },
}
Path(__file__).with_name("losses.json").write_text(json.dumps(out, indent=1) + "\n")
