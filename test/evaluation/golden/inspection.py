"""Permutation importance and partial dependence by scikit-learn, with the very shuffles it drew.

    python test/evaluation/golden/inspection.py > test/evaluation/golden/inspection.json
"""
import json
import numpy as np
import sklearn
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LogisticRegression

rng = np.random.RandomState(3)
rows, repeats, seed = 60, 4, 11
X = np.round(rng.normal(size=(rows, 3)), 4)
y = (X @ [1.5, -0.7, 0.0] + rng.normal(size=rows) > 0).astype(int)
model = LogisticRegression().fit(X, y)

# As `_calculate_permutation_scores` draws them: one seed for all columns, shuffles that go on from the last.
column_seed = np.random.RandomState(seed).randint(np.iinfo(np.int32).max + 1)
permutations = []
for _ in range(3):
    draws, index, at = np.random.RandomState(column_seed), np.arange(rows), np.arange(rows)
    columns = []
    for _ in range(repeats):
        draws.shuffle(index)
        at = at[index]
        columns.append(at.tolist())
    permutations.append(columns)

importances = {
    name: permutation_importance(model, X, y, scoring=scoring, n_repeats=repeats, random_state=seed).importances.tolist()
    for name, scoring in [("auc", "roc_auc"), ("logLoss", "neg_log_loss"), ("averagePrecision", "average_precision")]
}
grid = [-1.0, 0.0, 0.5, 2.0]
dependence = partial_dependence(
    model, X, [0], custom_values={0: np.array(grid)}, response_method="predict_proba", method="brute", kind="both"
)
print(json.dumps({
    "from": f"scikit-learn {sklearn.__version__}", "X": X.tolist(), "y": y.tolist(),
    "coefficients": model.coef_[0].tolist(), "intercept": model.intercept_[0],
    "permutations": permutations, "importances": importances,
    "grid": grid, "average": dependence["average"][0].tolist(), "individual": dependence["individual"][0][:3].tolist(),
}))
