import type { Results } from './report-data'
import { calibrationSection } from './report/calibration-section'
import { dataSection } from './report/data-section'
import { feedSection } from './report/feed-section'
import { plural } from './report/format'
import { html } from './report/html'
import { learningSection } from './report/learning-section'
import { latencySection, reproduceSection } from './report/notes-section'
import { rankingSection } from './report/ranking-section'
import { retrievalSection } from './report/retrieval-section'
import { style } from './report/style'
import { summarySection } from './report/summary'
import { traceSection } from './report/trace-section'

const contents = [
  ['data', 'Data'], ['ranking', 'Ranking'], ['calibration', 'Calibration'], ['learning', 'Learning'], ['retrieval', 'Retrieval'],
  ['feed', 'Feed'], ['trace', 'Trace'], ['latency', 'Latency'], ['reproduce', 'Reproduce'],
] as const

/** The page as one HTML file that asks for nothing from outside: styles and drawings are within, and there is no script. */
export function renderReport(results: Results): string {
  const { dataset } = results
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="color-scheme" content="light dark">
<title>From ratings to a ranked feed: ${dataset.name}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#summary">Skip to the summary</a>
<header class="top">
<p class="eyebrow">feedrank on ${dataset.name}</p>
<h1>From ${plural(dataset.ratings, 'rating')} to a ranked feed</h1>
<nav aria-label="Contents"><ul>${contents.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main>
${summarySection(results)}
${dataSection(results)}
${rankingSection(results)}
${calibrationSection(results)}
${learningSection(results)}
${retrievalSection(results)}
${feedSection(results)}
${traceSection(results)}
${latencySection(results)}
${reproduceSection(results)}
</main>
</body>
</html>
`.markup
}
