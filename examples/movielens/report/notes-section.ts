import type { Results } from '../report-data'
import { duration, milliseconds, plural } from './format'
import { html, type Html } from './html'
import { section } from './table'

export function latencySection({ latencyPer1000: { p50Ms, p95Ms }, backend, feed }: Results): Html {
  const note = html`On this machine, with the <code>${backend}</code> backend.`
  return section('latency', 'Latency', note, html`
<dl class="figures">
<div><dt>Median</dt><dd>${milliseconds(p50Ms)}</dd></div>
<div><dt>95th percentile</dt><dd>${milliseconds(p95Ms)}</dd></div>
<div><dt>The feed above</dt><dd>${milliseconds(feed.trace.durationMs)}</dd></div>
</dl>
<p>The first two are the time it takes to encode and score 1,000 candidates of one request.
The feed is one request from its first stage to its answer.</p>`)
}

export function reproduceSection({ seed, seconds, dataset, backend }: Results): Html {
  return section('reproduce', 'Reproduce', '', html`
<p>In a clone of the repository:</p>
<pre tabindex="0" role="region" aria-label="Commands"><code>npm ci
npm start</code></pre>
<p>This run took ${duration(seconds)} with seed <code>${String(seed)}</code> on the <code>${backend}</code> backend.
The same seed on the same backend gives the same weights and the same measures; only the times differ.</p>
<p>Where an interval of a difference includes 0, the data do not tell the two apart:
it does not say that they are equal. Intervals are percentiles of a bootstrap over users.</p>
<h3>The data</h3>
<p>${dataset.name}, from
<a href="https://grouplens.org/datasets/movielens/">GroupLens</a>: ${plural(dataset.ratings, 'rating')} of ${plural(dataset.movies, 'movie')}.</p>
<p>F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context.
<cite>ACM Transactions on Interactive Intelligent Systems</cite> 5, 4: 19:1\u201319:19.
<a href="https://doi.org/10.1145/2827872">https://doi.org/10.1145/2827872</a></p>
<p>Neither the University of Minnesota nor GroupLens endorses this work.</p>`)
}
