"""Asks scikit-learn 1.9.1 and SciPy about seeded data with ties and weights; writes sklearn/extra.json."""
import json, pathlib
import numpy as np
import scipy.optimize, scipy.stats
import sklearn
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression

draw = np.random.default_rng(11)
cases = []

def case(fn, expected, **given):
    listed = lambda x: x.tolist() if isinstance(x, np.ndarray) else x
    cases.append({'fn': fn, 'input': {k: listed(v) for k, v in given.items()}, 'expected': listed(np.float64(expected)) if np.isscalar(expected) else expected})

for rows, digits in [(2, 2), (7, 1), (30, 1), (100, 2), (50, 6)]:
    y = draw.integers(0, 2, rows); y[:2] = [0, 1]
    p = np.round(draw.random(rows), digits)
    w = np.round(draw.random(rows) * 3, 1); w[2:rows:5] = 0; w[:2] = 1
    for weights in (None, w):
        given = dict(y=y, p=p) if weights is None else dict(y=y, p=p, w=w)
        case('auc', metrics.roc_auc_score(y, p, sample_weight=weights), **given)
        case('averagePrecision', metrics.average_precision_score(y, p, sample_weight=weights), **given)
        case('logLoss', metrics.log_loss(y, p, sample_weight=weights), **given)
        case('brierScore', metrics.brier_score_loss(y, p, sample_weight=weights), **given)
        case('accuracy', metrics.accuracy_score(y, p >= 0.5, sample_weight=weights), **given)
        targets = p * 2 - y + np.round(draw.random(rows), 1)
        regression = dict(given, y=targets)
        case('meanAbsoluteError', metrics.mean_absolute_error(targets, p, sample_weight=weights), **regression)
        case('rootMeanSquaredError', metrics.root_mean_squared_error(targets, p, sample_weight=weights), **regression)
        if rows > 2: case('rSquared', metrics.r2_score(targets, p, sample_weight=weights), **regression)
        if rows > 2: case('explainedVariance', metrics.explained_variance_score(targets, p, sample_weight=weights), **regression)
    for bins in (1, 3, 10):
        for strategy, name in (('uniform', 'equal-width'), ('quantile', 'equal-mass')):
            observed, predicted = calibration_curve(y, p, n_bins=bins, strategy=strategy)
            case('reliabilityCurve', {'observed': observed.tolist(), 'predicted': predicted.tolist()}, y=y, p=p, bins=bins, strategy=name)
    false, true, _ = metrics.roc_curve(y, p, drop_intermediate=False)
    case('rocCurve', {'fpr': false.tolist(), 'tpr': true.tolist()}, y=y, p=p)
    case('kolmogorovSmirnov', np.abs(true - false).max(), y=y, p=p)
    other = np.round(p + draw.random(rows), digits)
    if rows > 2:
        case('spearman', scipy.stats.spearmanr(p, other).statistic, y=p, p=other)
        case('kendallTau', scipy.stats.kendalltau(p, other).statistic, y=p, p=other)
    asked = np.concatenate([p, np.round(draw.random(20) * 1.4 - 0.2, 3)])
    for weights in (None, w):
        fitted = IsotonicRegression(out_of_bounds='clip').fit(p, y, sample_weight=weights)
        given = dict(y=y, p=p, asked=asked) if weights is None else dict(y=y, p=p, asked=asked, w=w)
        case('fitIsotonic', {'x': fitted.X_thresholds_.tolist(), 'y': fitted.y_thresholds_.tolist(), 'applied': fitted.predict(asked).tolist()}, **given)

for rows, grades, digits in [(1, 2, 1), (5, 4, 0), (12, 5, 1), (100, 5, 1), (70, 2, 6)]:
    y = draw.integers(0, grades, rows).astype(float); y[0] = 1
    s = np.round(draw.normal(size=rows), digits)
    for k in (1, 3, 10, 80, None):
        if rows > 1:
            case('ndcg', metrics.ndcg_score([y], [s], k=k), y=y, p=s, k=k)
            case('ndcg exponential', metrics.ndcg_score([2 ** y - 1], [s], k=k), y=y, p=s, k=k)
        case('dcg', metrics.dcg_score([y, y], [s, s], k=k), y=y, p=s, k=k) if rows > 1 else None

# Platt's loss, minimised far beyond what the usual stopping rule asks for.
for rows in (3, 50, 150):
    y = draw.integers(0, 2, rows); y[:2] = [0, 1]
    f = np.round(draw.normal(size=rows) * 3 + y, 3)
    w = np.round(draw.random(rows) + 0.1, 1)
    for weights in (None, w):
        u = np.ones(rows) if weights is None else w
        pos, neg = u[y == 1].sum(), u[y == 0].sum()
        t = np.where(y == 1, (pos + 1) / (pos + 2), 1 / (neg + 2))
        loss = lambda ab: np.sum(u * (np.logaddexp(0, ab[0] * f + ab[1]) - t * (ab[0] * f + ab[1])))
        def gradient(ab):
            e = u * (1 / (1 + np.exp(-(ab[0] * f + ab[1]))) - t)
            return np.array([e @ f, e.sum()])
        best = scipy.optimize.root(gradient, scipy.optimize.minimize(loss, [0.1, 0], jac=gradient, tol=1e-12).x, tol=1e-15)
        case('fitPlatt', best.x.tolist(), y=y, p=f, **({} if weights is None else {'w': w}))

for successes, trials, level in [(0, 10, 0.95), (3, 10, 0.95), (10, 10, 0.99), (50, 1000, 0.9), (1, 1, 0.5)]:
    interval = scipy.stats.binomtest(successes, trials).proportion_ci(level, 'wilson')
    case('wilsonInterval', [float(interval.low), float(interval.high)], successes=successes, trials=trials, level=level)

text = json.dumps({'source': f'scikit-learn {sklearn.__version__} (BSD-3) and SciPy {scipy.__version__} (BSD-3), outputs computed by make_metrics.py', 'cases': cases})
pathlib.Path(__file__).parent.joinpath('sklearn', 'extra.json').write_text(text + '\n')
