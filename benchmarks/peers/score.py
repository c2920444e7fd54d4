"""The seed model serving in PyTorch, eager: weights, requests and checked values as in benchmarks/workloads/score.ts.

Ids go in, as tensors that are there already; scores of both heads come out.
"""

from protocol import serve
from seed_model import CROSSES, CROSS_ROWS, EMBEDDINGS, HIDDEN, NUMERICALS

DISTINCT_REQUESTS = 16


def make(mode, threads, options):
    import numpy
    import torch
    from torch import nn
    from torch.nn import functional as F

    import synthetic

    torch.set_num_threads(threads)
    candidates, posts, requests = options["candidates"], options["items"], options["requests"]
    rows_of = {name: rows for name, rows, _ in EMBEDDINGS}

    def tensor(name, shape, scale):
        count = int(numpy.prod(shape))
        return torch.from_numpy(synthetic.signed_numbers(name, 0, count, scale).reshape(shape))

    if mode == "gemm":
        sizes = [(NUMERICALS, HIDDEN[0]), (HIDDEN[0], HIDDEN[1]), (HIDDEN[1], HIDDEN[2]), (HIDDEN[2], 2)]
        operands = [(torch.rand(candidates, k), torch.rand(k, n), torch.empty(candidates, n)) for k, n in sizes]

        class Products:
            def repeat(self):
                with torch.inference_mode():
                    for _ in range(requests):
                        for a, b, out in operands:
                            torch.matmul(a, b, out=out)

        return Products()

    def table(name, rows, dim, scale):
        return nn.Embedding.from_pretrained(tensor(name, (rows, dim), scale))

    def linear(name, inputs, outputs):
        layer = nn.Linear(inputs, outputs)
        with torch.no_grad():
            # The workload's weights are [inputs, outputs], PyTorch's are [outputs, inputs].
            layer.weight.copy_(tensor(f"{name}.weight", (inputs, outputs), (6 / (inputs + outputs)) ** 0.5).T)
            layer.bias.zero_()
        return layer

    def norm(i):
        layer = nn.BatchNorm1d(HIDDEN[i])
        layer.running_mean.copy_(tensor(f"norm{i}.mean", (HIDDEN[i],), 0.1))
        layer.running_var.copy_(1 + tensor(f"norm{i}.variance", (HIDDEN[i],), 0.5))
        return layer

    class WideAndDeep(nn.Module):
        def __init__(self):
            super().__init__()
            self.embeddings = nn.ModuleDict({name: table(f"embedding.{name}", rows, dim, 0.05) for name, rows, dim in EMBEDDINGS})
            self.wide = nn.ModuleDict({name: table(f"wide.{name}", CROSS_ROWS, 2, 0.01) for name, _, _ in CROSSES})
            width = sum(dim for _, _, dim in EMBEDDINGS) + NUMERICALS
            self.deep0, self.norm0 = linear("deep0", width, HIDDEN[0]), norm(0)
            self.deep1, self.norm1 = linear("deep1", HIDDEN[0], HIDDEN[1]), norm(1)
            self.deep2 = linear("deep2", HIDDEN[1], HIDDEN[2])
            self.click, self.dwell = linear("click", HIDDEN[2], 1), linear("dwell", HIDDEN[2], 1)

        def forward(self, batch):
            x = torch.cat([self.embeddings[name](batch["ids"][name]) for name, _, _ in EMBEDDINGS] + [batch["numericals"]], dim=1)
            x = self.norm0(F.relu(self.deep0(x)))
            x = self.norm1(F.relu(self.deep1(x)))
            x = F.relu(self.deep2(x))
            wide = sum(self.wide[name](batch["crosses"][name]) for name, _, _ in CROSSES)
            return torch.sigmoid(self.click(x)[:, 0] + wide[:, 0]), self.dwell(x)[:, 0] + wide[:, 1]

    authors = synthetic.ids("item.author", 0, posts, rows_of["author"])
    types = synthetic.ids("item.postType", 0, posts, rows_of["postType"])

    def request(r):
        chosen = synthetic.ids("request.post", r * candidates, candidates, posts)
        ids = {
            "user": numpy.full(candidates, synthetic.ids("request.user", r, 1, rows_of["user"])[0]),
            "device": numpy.full(candidates, synthetic.ids("request.device", r, 1, rows_of["device"])[0]),
            "post": chosen, "author": authors[chosen], "postType": types[chosen],
        }
        numericals = synthetic.signed_numbers("request.numericals", r * candidates * NUMERICALS, candidates * NUMERICALS)
        return {
            "ids": {name: torch.from_numpy(values) for name, values in ids.items()},
            "crosses": {name: torch.from_numpy(synthetic.crossed(f"cross.{name}", ids[a], ids[b], CROSS_ROWS)) for name, a, b in CROSSES},
            "numericals": torch.from_numpy(numericals.reshape(candidates, NUMERICALS)),
        }

    class Peer:
        def __init__(self):
            self.model = WideAndDeep().eval()
            self.requests = [request(r) for r in range(DISTINCT_REQUESTS)]
            self.next = 0

        def check(self):
            with torch.inference_mode():
                click, dwell = self.model(self.requests[0])
            return {"click": click.tolist(), "dwell": dwell.tolist()}

        def repeat(self):
            with torch.inference_mode():
                for _ in range(requests):
                    self.model(self.requests[self.next % len(self.requests)])
                    self.next += 1

    return Peer()


serve(make)
