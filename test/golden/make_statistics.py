"""Asks SciPy 1.17, statsmodels 0.15 and NumPy about distributions, tests and corrections; writes statistics.json."""
import json, pathlib
import numpy as np
import scipy.stats as st
from scipy.stats import _resampling
from statsmodels.stats.multitest import multipletests

draw = np.random.default_rng(5)
out = {}
xs = [-20, -8.5, -4, -3.001, -2.999, -2.001, -1.96, -1.5, -0.3, -1e-9, 0, 0.7, 1.4, 2.5, 5, 8]
out['normalCdf'] = [[x, float(st.norm.cdf(x))] for x in xs]
ps = [1e-300, 1e-20, 1e-9, 0.001, 0.025, 0.2, 0.4999, 0.5, 0.7, 0.975, 0.9999, 1 - 1e-12]
out['normalQuantile'] = [[p, float(st.norm.ppf(p))] for p in ps]
freedoms = [1, 2, 3, 4.5, 10, 29, 30, 100.5, 999, 123456]
out['studentCdf'] = [[t, f, float(st.t.cdf(t, f))] for f in freedoms for t in (-40, -9, -3, -1.1, -0.01, 0, 0.4, 1.3, 2.2, 6)]
out['studentQuantile'] = [[p, f, float(st.t.ppf(p, f))] for f in freedoms for p in (1e-9, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999)]

pairs = []
for n, digits in [(2, 3), (5, 6), (5, 1), (9, 1), (13, 1), (14, 1), (20, 6), (50, 8), (51, 8), (60, 1), (200, 2)]:
    b = np.round(draw.random(n), digits)
    a = np.round(b + 0.1 * draw.normal(size=n) + 0.03, digits)
    # In steps that doubles hold exactly, so that ties of differences are ties for everybody.
    a, b = np.round(a * 1024) / 1024, np.round(b * 1024) / 1024
    if digits == 1: a, b = np.round(a * 8) / 8, np.round(b * 8) / 8
    one = {'a': a.tolist(), 'b': b.tolist(), 't': {}, 'wilcoxon': []}
    d = a - b
    for alternative in ('two-sided', 'greater', 'less'):
        if d.std() > 0:
            found = st.ttest_rel(a, b, alternative=alternative)
            one['t'][alternative] = [float(found.statistic), float(found.pvalue)]
        if not np.any(d): continue
        for zeros in ('wilcox', 'pratt'):
            for method in ('auto', 'asymptotic'):
                for correction in (False, True):
                    found = st.wilcoxon(a, b, alternative=alternative, zero_method=zeros, method=method, correction=correction)
                    one['wilcoxon'].append([alternative, zeros, method, correction, float(found.statistic), float(found.pvalue)])
    if n <= 13:
        mean = lambda d, axis: np.mean(d, axis=axis)
        one['permutation'] = {alternative: float(st.permutation_test((d,), mean, permutation_type='samples', vectorized=True, n_resamples=9999, alternative=alternative).pvalue)
                              for alternative in ('two-sided', 'greater', 'less')}
    if n > 2: one['meanInterval'] = [float(x) for x in st.t.interval(0.95, n - 1, loc=d.mean(), scale=st.sem(d))]
    pairs.append(one)
out['pairs'] = pairs

out['adjust'] = []
for m in (1, 2, 7, 30):
    p = np.round(draw.random(m) ** 3, 3)
    for ours, theirs in [('holm', 'holm'), ('bonferroni', 'bonferroni'), ('benjamini-hochberg', 'fdr_bh')]:
        out['adjust'].append([ours, p.tolist(), multipletests(p, method=theirs)[1].tolist()])

# DeLong, DeLong and Clarke-Pearson (1988) over all pairs, as the paper writes it.
def components(labels, scores):
    x, y = scores[labels == 1], scores[labels == 0]
    wins = (x[:, None] > y) + 0.5 * (x[:, None] == y)
    return wins.mean(), wins.mean(axis=1), wins.mean(axis=0)
out['delong'] = []
for n, digits in [(12, 1), (60, 1), (300, 4)]:
    labels = draw.integers(0, 2, n); labels[:4] = [0, 1, 0, 1]
    a = np.round(draw.random(n) + 0.4 * labels, digits)
    b = np.round(draw.random(n) + 0.2 * labels, digits)
    (auc_a, xa, ya), (auc_b, xb, yb) = components(labels, a), components(labels, b)
    s10, s01 = np.cov(np.array([xa, xb])), np.cov(np.array([ya, yb]))
    s = s10 / len(xa) + s01 / len(ya)
    z = (auc_a - auc_b) / np.sqrt(s[0, 0] + s[1, 1] - 2 * s[0, 1])
    out['delong'].append({'labels': labels.tolist(), 'a': a.tolist(), 'b': b.tolist(), 'aucs': [float(auc_a), float(auc_b)],
                          'errors': [float(np.sqrt(s[0, 0])), float(np.sqrt(s[1, 1]))], 'z': float(z), 'p': float(2 * st.norm.sf(abs(z)))})

# The ends of SciPy's BCa interval, from given resamples.
values = np.round(draw.exponential(size=40), 4)
resampled = np.sort(values[draw.integers(0, 40, (500, 40))].mean(axis=1))
statistic = lambda x, axis=-1: np.mean(x, axis=axis)
low, high, acceleration = _resampling._bca_interval((values,), statistic, -1, 0.025, resampled, None, np)
out['bca'] = {'values': values.tolist(), 'resampled': resampled.tolist(), 'low': float(low), 'high': float(high), 'acceleration': float(np.squeeze(acceleration))}

pathlib.Path(__file__).with_name('statistics.json').write_text(json.dumps(out) + '\n')
