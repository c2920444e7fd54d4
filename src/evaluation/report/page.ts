import { calibrationSection } from './calibration-section'
import { curvesSection } from './curves-section'
import { dataSection } from './data-section'
import { evaluationSection } from './evaluation-section'
import { feedSections } from './feed-section'
import { html } from './html'
import type { Html } from './html'
import { learningSection } from './learning-section'
import { barsFigure, sourcesSection } from './lists-section'
import { errorsSection, importanceSection } from './model-sections'
import { notesSections } from './notes-section'
import { loadPlotting } from './plotting'
import type { Plotting } from './plotting'
import type { Report } from './report'
import { segmentsSection } from './segments-section'
import { style } from './style'
import { summarySection } from './summary-section'
import { checkReport } from './check-report'

/** How {@link reportHtml} draws. */
export interface ReportHtmlOptions {
  /**
   * `'auto'` draws where @observablehq/plot and linkedom are installed, else shows the numbers in their place; `'always'` throws where
   * they are not; `'never'` shows the numbers.
   * @defaultValue 'auto'
   */
  readonly plots?: 'auto' | 'always' | 'never' | undefined
}

/** A part of the page under a short name for the contents; false is none. */
type Part = readonly [title: string, section: Html | false]

function parts(report: Report, plotting: Plotting | undefined): (readonly [title: string, section: Html])[] {
  const evaluated = report.evaluations.flatMap(({ name, note, evaluation }, i): Part[] => {
    const id = `evaluation-${i}`
    const main = evaluationSection(id, name, note, evaluation)
    const bars = evaluation.kind === 'lists' && barsFigure(plotting, `${id}-bars`, evaluation)
    return [
      [name, bars === false ? main : html`${main}<section class="more" aria-label="${name}: compared"><div></div><div class="content">${bars}</div></section>`],
      ['Calibration', evaluation.kind === 'rows' && calibrationSection(plotting, `${id}-calibration`, name, evaluation)],
      ['For whom', segmentsSection(`${id}-segments`, name, evaluation)],
      ['Curves', evaluation.kind === 'rows' && curvesSection(plotting, `${id}-curves`, name, evaluation)],
      ['Sources', sourcesSection(`${id}-sources`, name, evaluation)],
    ]
  })
  const all: readonly Part[] = [
    ['Data', dataSection(report)], ...evaluated,
    ['What it goes by', importanceSection(plotting, report)], ['Where it is wrong', errorsSection(report.errors)], ['Learning', learningSection(plotting, report)],
    ...feedSections(report).map((one, i): Part => [report.feeds?.[i].title ?? 'Feed', one]), ...notesSections(report),
  ]
  return all.filter((part): part is readonly [string, Html] => part[1] !== false)
}

const idOf = ({ markup }: Html) => /<section id="([^"]*)"/.exec(markup)?.[1] ?? ''

/**
 * The report as one HTML file that asks for nothing from outside: styles and drawings are within, and there is no script.
 *
 * @throws ArgumentError where it is given no report; BackendError with `plots: 'always'` where an optional package is missing.
 * @example
 * ```ts
 * import { evaluate, evaluationReport, reportHtml } from 'feedrank'
 *
 * const rows = Array.from({ length: 100 }, (_, i) => ({ x: i / 100, liked: i % 3 === 0 }))
 * const evaluation = await evaluate({ rows, label: 'liked', contenders: [{ name: '<Ours>', score: ({ x }) => x }], resamples: 100 })
 * const page = await reportHtml(evaluationReport({ title: 'A first look', evaluations: [{ name: 'Ranking', evaluation }] }), { plots: 'never' })
 * console.log(page.startsWith('<!doctype html>'), page.includes('<Ours>'), page.includes('&lt;Ours&gt;')) // true false true
 * ```
 */
export async function reportHtml(report: Report, options: ReportHtmlOptions = {}): Promise<string> {
  checkReport('reportHtml', report)
  const { plots = 'auto' } = options
  const plotting = plots === 'never' ? undefined : plots === 'always' ? await loadPlotting('reportHtml') : await loadPlotting('reportHtml').catch(() => undefined)
  const shown = parts(report, plotting)
  const { title, eyebrow } = report
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#summary">Skip to the summary</a>
<header class="top">
${eyebrow !== undefined && html`<p class="eyebrow">${eyebrow}</p>`}
<h1>${title}</h1>
</header>
<main>
${summarySection(report)}
<nav aria-label="Contents"><ul>${shown.map(([name, section]) => html`<li><a href="#${idOf(section)}">${name}</a></li>`)}</ul></nav>
${shown.map(([, section]) => section)}
</main>
</body>
</html>
`.markup
}
