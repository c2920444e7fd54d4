"""The PyTorch side of examples/pytorch: a Wide & Deep model as one would write it there."""
import torch
from torch import nn


class WideAndDeep(nn.Module):
    def __init__(self, users: int, tags: int, crosses: int):
        super().__init__()
        self.user = nn.Embedding(users, 6)
        self.tags = nn.EmbeddingBag(tags, 4, mode="mean")
        self.wide = nn.Embedding(crosses, 2)
        # Dense, ReLU, batch norm (not after the last): the order of the layers in feedrank.
        self.deep = nn.Sequential(nn.Linear(6 + 4 + 1, 12), nn.ReLU(), nn.BatchNorm1d(12), nn.Linear(12, 8), nn.ReLU())
        self.clicked = nn.Linear(8, 1)
        self.seconds = nn.Linear(8, 1)

    def forward(self, batch):
        x = torch.cat([self.user(batch["user"]), self.tags(batch["tags"], batch["offsets"]), batch["hour"][:, None]], dim=1)
        h = self.deep(x)
        z = torch.cat([self.clicked(h), self.seconds(h)], dim=1) + self.wide(batch["cross"])
        return z[:, 0], z[:, 1]


def scores(model, batch):
    """What feedrank's heads give: a probability, and a number."""
    model.eval()
    with torch.no_grad():
        clicked, seconds = model(batch)
    return {"clicked": torch.sigmoid(clicked).tolist(), "seconds": seconds.tolist()}


def read(rows):
    integers = ("user", "tags", "offsets", "cross")
    return {name: torch.tensor(values, dtype=torch.long if name in integers else torch.float32) for name, values in rows.items()}
