"""scikit-learn's AUC and NDCG on the rows of benchmarks/metrics.ts."""

from protocol import serve


def make(mode, threads, options):
    from sklearn.metrics import ndcg_score, roc_auc_score

    import synthetic

    if mode == "auc":
        rows = options["rows"]
        labels = synthetic.chances("auc.labels", 0, rows, 0.1).astype("float64")
        scores = synthetic.signed_numbers("auc.scores", 0, rows).astype("float64")
        compute = lambda: roc_auc_score(labels, scores)
    else:
        shape = (options["lists"], options["length"])
        grades = synthetic.ids("ndcg.grades", 0, shape[0] * shape[1], 5).reshape(shape).astype("float64")
        scores = synthetic.signed_numbers("ndcg.scores", 0, shape[0] * shape[1]).reshape(shape).astype("float64")
        compute = lambda: ndcg_score(grades, scores, k=options["k"])

    class Peer:
        def check(self):
            return {mode: [float(compute())]}

        def repeat(self):
            compute()

    return Peer()


serve(make)
