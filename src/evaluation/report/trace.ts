import type { PipelineTrace } from '../../pipeline'
import { count, day, milliseconds, percent } from './format'
import { html } from './html'
import type { Html } from './html'
import type { SampleFeed } from './report'
import { linearScale } from './scale'
import { table } from './table'

type Stage = PipelineTrace['stages'][number]
type Component = Stage['components'][number]

const titles: Record<Stage['stage'], string> = {
  hydrateQuery: 'Know the user', source: 'Fetch', hydrate: 'Fill in', filter: 'Filter', score: 'Score', rerank: 'Rerank',
  select: 'Select', hydrateSelected: 'Fill in the page', filterSelected: 'Filter the page', finalize: 'Finish the page', effect: 'After the answer',
}

interface Row {
  readonly kind: 'stage' | 'component' | 'alone'
  readonly stage: string
  readonly component?: Component
  readonly in: number
  readonly out: number
  readonly start: number
  readonly ms: number
}

/** One row for a stage of one component; else a row for the stage, and one below it for each component. */
function rowsOf(trace: PipelineTrace): Row[] {
  return trace.stages.flatMap((stage) => {
    const title = titles[stage.stage]
    const row = (component: Component, kind: Row['kind']): Row =>
      ({ kind, stage: title, component, in: component.in, out: component.out, start: component.startMs, ms: component.durationMs })
    if (stage.components.length === 1) return [row(stage.components[0], 'alone')]
    const whole: Row = { kind: stage.components.length > 1 ? 'stage' : 'alone', stage: title, in: stage.in, out: stage.out, start: stage.startMs, ms: stage.durationMs }
    return [whole, ...stage.components.map((component) => row(component, 'component'))]
  })
}

const known = (ms: number) => (Number.isFinite(ms) ? ms : 0)

/** Whatever did not go to plan, in words. */
function remarks({ enabled, timedOut, error, nonFinite, duplicates, invalid }: Component): Html {
  const faults = [timedOut && 'Timed out', error !== undefined && (timedOut ? error : `Failed: ${error}`)].filter((one) => one !== false)
  const quiet = [
    !enabled && 'switched off for this request',
    duplicates > 0 && `${count(duplicates)} already brought`,
    invalid > 0 && `${count(invalid)} not usable`,
    nonFinite > 0 && `${count(nonFinite)} without a finite score`,
  ].filter((one) => one !== false)
  const loud = faults.length > 0 && html`<strong class="fault"><span aria-hidden="true">\u25b2 </span>${faults.join(': ')}</strong> `
  return html`${loud}${quiet.join('; ')}`
}

function name({ kind, stage, component }: Row): Html {
  if (kind === 'stage') return html`${stage} <small>at once</small>`
  if (kind === 'component') return html`<span class="indent">${component?.component ?? ''}</span>`
  return html`${stage} <span class="component">${component?.component ?? ''}</span>`
}

/** One request, stage by stage, with how the pipeline is wired. */
export function traceTable(id: string, { trace, wiring = '' }: SampleFeed): Html {
  const rows = rowsOf(trace)
  const total = Math.max(known(trace.durationMs), ...rows.map(({ start, ms }) => known(start) + known(ms)), 0.001)
  const x = linearScale([0, total], [0, 160])
  const span = ({ start, ms, kind }: Row) => html`
<svg class="when" aria-hidden="true" width="160" height="12" viewBox="0 0 160 12"><path class="grid" d="M0 6H160"/>
<rect class="${kind === 'stage' ? 'bar' : 'bar ours'}" x="${x(known(start))}" y="2" width="${Math.max(x(known(ms)), 1)}" height="8"/></svg>`
  const outcome = { answered: 'It was answered', failed: 'It failed', aborted: 'It was aborted' }[trace.outcome]
  const deadline = trace.deadlineMs === undefined ? '' : ` (deadline ${milliseconds(trace.deadlineMs)})`
  const note = html`The same request, stage by stage: ${outcome.toLowerCase()} after ${milliseconds(trace.durationMs)}${deadline}.
The clock of the request stands at ${day(trace.now)}, its seed is <code>${String(trace.seed)}</code>.`
  return html`<p class="note">${note}</p>
${trace.error !== undefined && html`<p class="fault"><strong>${outcome}: ${trace.error}</strong></p>`}
${rows.length === 0 ? html`<p>No stage ran.</p>` : table({
    id: `${id}-trace`, narrow: 'scroll', look: 'trace', rows, rowClass: ({ kind }) => kind,
    caption: html`Candidates in and out, time, and whatever did not go to plan in <code>${trace.pipeline}</code>.
A bar stands where its time lies in the request; the whole width is ${milliseconds(total)}.`,
    columns: [
      { title: 'Stage and component', head: true, cell: name },
      { title: 'In', numeric: true, cell: (row) => count(row.in) },
      { title: 'Out', numeric: true, cell: (row) => count(row.out) },
      { title: 'Time', numeric: true, cell: ({ ms }) => milliseconds(ms) },
      { title: 'Share', numeric: true, cell: ({ ms }) => percent(ms / total, 0) },
      { title: 'When', cell: span },
      { title: 'Remarks', cell: ({ component }) => component !== undefined && remarks(component) },
    ],
  })}
${wiring.trim() !== '' && html`<details><summary>How the pipeline is wired</summary>
<pre tabindex="0" role="region" aria-label="Wiring of the pipeline">${wiring}</pre></details>`}`
}
