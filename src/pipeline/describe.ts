import { ContractError, expected } from '../errors'
import type { StageName } from './trace'
import type { WiredComponent, Wiring } from './wiring'

/** The wiring of a pipeline, three ways. */
export interface Description {
  /** As plain data. */
  readonly wiring: Wiring
  /** As a Mermaid flowchart, for a README or a pull request. */
  readonly mermaid: string
  /** As indented text, for a terminal. */
  readonly text: string
}

const titles: Record<StageName, string> = {
  hydrateQuery: 'hydrate the query', source: 'fetch', hydrate: 'hydrate', filter: 'filter', score: 'score', rerank: 'rerank',
  select: 'select', hydrateSelected: 'hydrate the page',
  filterSelected: 'filter the page, backfill', finalize: 'arrange the page', effect: 'after the answer',
}

const settings = ({ onError, timeoutMs, conditional }: WiredComponent) =>
  [timeoutMs !== undefined && `${timeoutMs} ms`, conditional && 'conditional', `on error ${onError}`].filter(Boolean).join(', ')

function textOf(wiring: Wiring): string {
  const head = `${wiring.pipeline}: a page of ${wiring.limit}${wiring.deadlineMs === undefined ? '' : ` within ${wiring.deadlineMs} ms`}`
  return [
    head,
    ...wiring.stages.flatMap(({ stage, parallel, components }) => [
      `  ${titles[stage]}${parallel && components.length > 1 ? ' (at once)' : ''}`,
      ...components.map((component) => `    ${component.name} (${settings(component)})`),
    ]),
  ].join('\n')
}

/** Text inside a quoted Mermaid label: what would end the label or start markup is written as an entity. */
const label = (text: string) => text.replace(/[^\p{L}\p{N} .,:_\-/]/gu, (sign) => `#${sign.codePointAt(0)};`)

function mermaidOf(wiring: Wiring): string {
  const lines = ['flowchart TD', `  asked(["${label(wiring.pipeline)}"])`]
  let previous = 'asked'
  wiring.stages.forEach(({ stage, parallel, components }, s) => {
    lines.push(`  subgraph s${s}["${label(titles[stage])}"]`)
    lines.push(`    direction ${parallel ? 'LR' : 'TB'}`)
    components.forEach(({ name }, c) => lines.push(`    s${s}c${c}["${label(name)}"]`))
    if (!parallel) for (let c = 1; c < components.length; c++) lines.push(`    s${s}c${c - 1} --> s${s}c${c}`)
    lines.push('  end')
    if (stage === 'effect') return
    lines.push(`  ${previous} --> s${s}`)
    previous = `s${s}`
  })
  lines.push(`  page(["a page of ${wiring.limit}"])`, `  ${previous} --> page`)
  const after = wiring.stages.findIndex(({ stage }) => stage === 'effect')
  if (after >= 0) lines.push(`  page -.-> s${after}`)
  return lines.join('\n')
}

/**
 * The wiring of a pipeline as plain data, as a Mermaid flowchart and as text.
 *
 * @throws ContractError when `pipeline` is not a built pipeline.
 * @example
 * ```ts
 * import { describe, MixerPipeline } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: string }>({ name: 'feed', limit: 10 })
 *   .source({ name: 'recent', timeoutMs: 50, fetch: () => [] })
 *   .build()
 *
 * console.log(describe(feed).text)
 * // feed: a page of 10
 * //   fetch
 * //     recent (50 ms, on error skip)
 * ```
 */
export function describe(pipeline: { readonly wiring: Wiring }): Description {
  const wiring: unknown = pipeline?.wiring
  if (typeof wiring !== 'object' || wiring === null || !('stages' in wiring))
    throw new ContractError(expected('describe', 'pipeline', 'a built pipeline', pipeline))
  return { wiring: pipeline.wiring, mermaid: mermaidOf(pipeline.wiring), text: textOf(pipeline.wiring) }
}
