"""scikit-learn's AUC on the rows of benchmarks/auc.ts."""

from protocol import serve


def make(mode, threads, options):
    from sklearn.metrics import roc_auc_score

    import synthetic

    rows = options["rows"]
    labels = synthetic.chances("auc.labels", 0, rows, 0.1).astype("float64")
    scores = synthetic.signed_numbers("auc.scores", 0, rows).astype("float64")

    class Peer:
        def check(self):
            return {"auc": [float(roc_auc_score(labels, scores))]}

        def repeat(self):
            roc_auc_score(labels, scores)

    return Peer()


serve(make)
