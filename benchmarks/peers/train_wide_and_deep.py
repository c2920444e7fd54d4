"""The seed model in PyTorch: shapes, weights, batches and checked values as in benchmarks/workloads/wide-and-deep.ts.

Mode `sparse`: every table is nn.Embedding(sparse=True) under SparseAdam, dense weights under Adam.
Mode `dense`: everything under Adam.
"""

from protocol import serve
from seed_model import CROSSES, CROSS_ROWS, EMBEDDINGS, HIDDEN, NUMERICALS

DISTINCT_BATCHES = 64
CHECKED_ROWS = 1024
LEARNING_RATE = 0.001


def make(mode, threads, options):
    import torch
    from torch import nn
    from torch.nn import functional as F

    import synthetic

    if mode not in ("sparse", "dense"):
        raise ValueError(f"unknown mode {mode!r}")
    torch.set_num_threads(threads)
    sparse = mode == "sparse"
    size, steps = options["batch"], options["steps"]

    def tensor(name, shape, scale):
        count = 1
        for n in shape:
            count *= n
        return torch.from_numpy(synthetic.signed_numbers(name, 0, count, scale).reshape(shape))

    def table(name, rows, dim, scale):
        return nn.Embedding.from_pretrained(tensor(name, (rows, dim), scale), freeze=False, sparse=sparse)

    def linear(name, inputs, outputs):
        layer = nn.Linear(inputs, outputs)
        with torch.no_grad():
            # The workload's weights are [inputs, outputs], PyTorch's are [outputs, inputs].
            layer.weight.copy_(tensor(f"{name}.weight", (inputs, outputs), (6 / (inputs + outputs)) ** 0.5).T)
            layer.bias.zero_()
        return layer

    class WideAndDeep(nn.Module):
        def __init__(self):
            super().__init__()
            self.embeddings = nn.ModuleDict({name: table(f"embedding.{name}", rows, dim, 0.05) for name, rows, dim in EMBEDDINGS})
            self.wide = nn.ModuleDict({name: table(f"wide.{name}", CROSS_ROWS, 2, 0.01) for name, _, _ in CROSSES})
            width = sum(dim for _, _, dim in EMBEDDINGS) + NUMERICALS
            self.deep0 = linear("deep0", width, HIDDEN[0])
            self.norm0 = nn.BatchNorm1d(HIDDEN[0])
            self.deep1 = linear("deep1", HIDDEN[0], HIDDEN[1])
            self.norm1 = nn.BatchNorm1d(HIDDEN[1])
            self.deep2 = linear("deep2", HIDDEN[1], HIDDEN[2])
            self.click = linear("click", HIDDEN[2], 1)
            self.dwell = linear("dwell", HIDDEN[2], 1)

        def forward(self, batch):
            x = torch.cat([self.embeddings[name](batch["ids"][name]) for name, _, _ in EMBEDDINGS] + [batch["numericals"]], dim=1)
            x = self.norm0(F.relu(self.deep0(x)))
            x = self.norm1(F.relu(self.deep1(x)))
            x = F.relu(self.deep2(x))
            wide = sum(self.wide[name](batch["crosses"][name]) for name, _, _ in CROSSES)
            return self.click(x)[:, 0] + wide[:, 0], self.dwell(x)[:, 0] + wide[:, 1]

    def batch(index):
        start = index * size
        ids = {name: synthetic.ids(f"ids.{name}", start, size, rows) for name, rows, _ in EMBEDDINGS}
        crosses = {name: synthetic.crossed(f"cross.{name}", ids[a], ids[b], CROSS_ROWS) for name, a, b in CROSSES}
        numericals = synthetic.signed_numbers("numericals", start * NUMERICALS, size * NUMERICALS).reshape(size, NUMERICALS)
        return {
            "ids": {name: torch.from_numpy(values) for name, values in ids.items()},
            "crosses": {name: torch.from_numpy(values) for name, values in crosses.items()},
            "numericals": torch.from_numpy(numericals),
            "click": torch.from_numpy(synthetic.chances("click", start, size, 0.3)),
            "dwell": torch.from_numpy(synthetic.signed_numbers("dwell", start, size)),
        }

    def losses(outputs, batch):
        click, dwell = outputs
        return F.binary_cross_entropy_with_logits(click, batch["click"]), F.mse_loss(dwell, batch["dwell"])

    class Peer:
        def __init__(self):
            self.model = WideAndDeep().train()
            self.batches = [batch(i) for i in range(DISTINCT_BATCHES)]
            self.next = 0
            tables = [*self.model.embeddings.parameters(), *self.model.wide.parameters()]
            named = {id(p) for p in tables}
            dense = [p for p in self.model.parameters() if id(p) not in named]
            if sparse:
                self.optimizers = [torch.optim.SparseAdam(tables, lr=LEARNING_RATE), torch.optim.Adam(dense, lr=LEARNING_RATE)]
            else:
                self.optimizers = [torch.optim.Adam(tables + dense, lr=LEARNING_RATE)]

        def check(self):
            head = lambda part: {name: head(value) if isinstance(value, dict) else value[:CHECKED_ROWS] for name, value in part.items()}
            first, model = head(self.batches[0]), self.model
            model.zero_grad()
            outputs = model(first)
            click, dwell = losses(outputs, first)
            (click + dwell).backward()

            def layer(module):
                return module.weight.grad.T.reshape(-1)[:8].tolist()

            def row(module, ids):
                gradient = module.weight.grad
                return (gradient.coalesce().to_dense() if sparse else gradient)[ids[0]][:8].tolist()

            values = {
                "loss": [(click + dwell).item(), click.item(), dwell.item()],
                "clickLogits": outputs[0][:8].tolist(),
                "dwell": outputs[1][:8].tolist(),
                "gradient.deep0.weight": layer(model.deep0),
                "gradient.deep2.weight": layer(model.deep2),
                "gradient.click.weight": layer(model.click),
                "gradient.user": row(model.embeddings["user"], first["ids"]["user"]),
                "gradient.post": row(model.embeddings["post"], first["ids"]["post"]),
                "gradient.wide.userAuthor": row(model.wide["userAuthor"], first["crosses"]["userAuthor"]),
            }
            model.zero_grad()
            return values

        def repeat(self):
            for _ in range(steps):
                batch = self.batches[self.next % len(self.batches)]
                self.next += 1
                for optimizer in self.optimizers:
                    optimizer.zero_grad()
                click, dwell = losses(self.model(batch), batch)
                loss = click + dwell
                loss.backward()
                for optimizer in self.optimizers:
                    optimizer.step()
            loss.item()

    return Peer()


serve(make)
