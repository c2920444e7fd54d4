"""One matrix product over and over, of the same numbers as benchmarks/matmul.ts: mode `numpy` or `torch`."""

from protocol import serve


def make(mode, threads, options):
    import numpy
    import synthetic

    m, k, n, products = options["m"], options["k"], options["n"], options["products"]
    a = synthetic.signed_numbers("matmul.a", 0, m * k).reshape(m, k)
    b = synthetic.signed_numbers("matmul.b", 0, k * n).reshape(k, n)
    if mode == "torch":
        import torch

        torch.set_num_threads(threads)
        a, b, out = torch.from_numpy(a), torch.from_numpy(b), torch.empty(m, n)

        def multiply():
            torch.matmul(a, b, out=out)
    elif mode == "numpy":
        out = numpy.empty((m, n), dtype=numpy.float32)

        def multiply():
            numpy.matmul(a, b, out=out)
    else:
        raise ValueError(f"unknown mode {mode!r}")

    class Peer:
        def check(self):
            multiply()
            flat = out.reshape(-1)
            return {"first": flat[:8].tolist(), "last": flat[-8:].tolist()}

        def repeat(self):
            for _ in range(products):
                multiply()

    return Peer()


serve(make)
