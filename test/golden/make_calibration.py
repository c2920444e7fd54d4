"""Asks scikit-learn 1.9 and SciPy for beta calibration's logistic regressions, unregularised; writes calibration.json."""
import json, pathlib
import numpy as np
from scipy.optimize import minimize

draw = np.random.default_rng(3)
eps = np.finfo(float).eps

def logistic(columns, labels, weights):
    """Maximum likelihood by Newton's method, polished after BFGS: gradients vanish to rounding."""
    x = np.column_stack(columns)
    loss = lambda b: np.sum(weights * (np.logaddexp(0, x @ b) - labels * (x @ b)))
    b = minimize(loss, np.zeros(x.shape[1]), method='BFGS').x
    for _ in range(50):
        p = 1 / (1 + np.exp(-(x @ b)))
        b = b - np.linalg.solve((x * (weights * p * (1 - p))[:, None]).T @ x, x.T @ (weights * (p - labels)))
    return b

cases = []
for n, sharpness, weighted in [(60, 1.0, False), (300, 2.5, False), (300, 0.4, True), (2000, 1.5, True)]:
    z = draw.normal(size=n) - 0.5
    labels = (draw.random(n) < 1 / (1 + np.exp(-z))).astype(int)
    p = 1 / (1 + np.exp(-sharpness * z - 0.3))
    p[:2] = [0, 1]; labels[:2] = [0, 1]
    weights = np.round(draw.random(n) * 3, 1) if weighted else np.ones(n)
    inside = np.clip(p, eps, 1 - eps)
    rising, falling, ones = np.log(inside), -np.log1p(-inside), np.ones(n)
    three = logistic([rising, falling, ones], labels, weights)
    equal = logistic([rising + falling, ones], labels, weights)
    half = logistic([rising + np.log(2), falling - np.log(2)], labels, weights)
    cases.append({'labels': labels.tolist(), 'p': p.tolist(), **({'weights': weights.tolist()} if weighted else {}),
                  'abm': three.tolist(), 'am': [equal[0], equal[0], equal[1]], 'ab': [half[0], half[1], (half[0] - half[1]) * np.log(2)]})
# One coefficient would be negative: it is 0, and the other is fitted with the intercept alone.
n = 400
p = draw.random(n)
labels = (draw.random(n) < np.clip(0.1 + 1.6 * p * (1.2 - p), 0, 1)).astype(int)
rising, falling, ones = np.log(p), -np.log1p(-p), np.ones(n)
free = logistic([rising, falling, ones], labels, ones)
if free[0] < 0:
    b, c = logistic([falling, ones], labels, ones); bounded = [0, b, c]
elif free[1] < 0:
    a, c = logistic([rising, ones], labels, ones); bounded = [a, 0, c]
else: raise SystemExit('no coefficient is negative here: take another seed')
cases.append({'labels': labels.tolist(), 'p': p.tolist(), 'abm': [float(x) for x in bounded]})
pathlib.Path(__file__).with_name('calibration.json').write_text(json.dumps({'beta': cases}) + '\n')
