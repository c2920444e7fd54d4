import type { PipelineTrace } from '../../pipeline'
import type { EpochRecord } from '../../training'
import { ArgumentError, checkNumber, checkObject, expected } from '../../errors'
import type { PartialDependence } from '../explain/partial-dependence'
import type { Importance } from '../explain/permutation-importance'
import type { SegmentErrors } from '../explain/segment-errors'
import type { Evaluation } from '../result'
import { summarize } from './summary'
import type { Summary } from './summary'

/** One part of the data, with its span of time (ms since 1970). */
export interface ReportPart {
  readonly name: string
  /** What it is for, in one phrase. */
  readonly use?: string | undefined
  readonly rows: number
  readonly users?: number | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** One item of a sample feed. */
export interface SampleItem {
  readonly title: string
  readonly subtitle?: string | undefined
  readonly score: number
  readonly sources: readonly string[]
  /** Why it is here, in one sentence. */
  readonly reason?: string | undefined
  /** The engine's whole story, one sentence a line. */
  readonly story?: string | undefined
}

/** One feed as it was made, with its trace; `sampleFeed` makes it of a pipeline's answer. */
export interface SampleFeed {
  readonly title: string
  /** What was known of who asked, such as what they liked last. */
  readonly known?: { readonly title: string; readonly items: readonly string[] } | undefined
  readonly items: readonly SampleItem[]
  /** What the score says, such as `Chance of a like`; a score between 0 and 1 is then shown as a percentage. */
  readonly probability?: string | undefined
  readonly retrieved: number
  readonly removed: readonly { readonly by: string; readonly count: number }[]
  readonly trace: PipelineTrace
  /** The pipeline's wiring as text. */
  readonly wiring?: string | undefined
}

/** A text of your own at the end. */
export interface ReportNote {
  readonly title: string
  /** Beside the title. */
  readonly aside?: string | undefined
  readonly figures?: readonly (readonly [name: string, value: string])[] | undefined
  readonly paragraphs?: readonly string[] | undefined
  /** Commands or code. */
  readonly code?: string | undefined
  readonly links?: readonly { readonly text: string; readonly href: string }[] | undefined
}

/** What {@link evaluationReport} takes; whatever is left out has no section. */
export interface ReportInput {
  readonly title: string
  /** One line above the title. */
  readonly eyebrow?: string | undefined
  /** What was evaluated, each under a name of its own, such as `Ranking`; the first one decides. */
  readonly evaluations: readonly { readonly name: string; readonly note?: string | undefined; readonly evaluation: Evaluation }[]
  readonly data?: { readonly note?: string | undefined; readonly parts: readonly ReportPart[] } | undefined
  readonly learning?: readonly { readonly name: string; readonly epochs: readonly EpochRecord[] }[] | undefined
  readonly importance?: readonly { readonly name: string; readonly importance: Importance }[] | undefined
  readonly dependence?: readonly PartialDependence[] | undefined
  readonly errors?: SegmentErrors | undefined
  readonly feeds?: readonly SampleFeed[] | undefined
  /** Small facts below the summary. */
  readonly facts?: readonly (readonly [name: string, value: string])[] | undefined
  readonly notes?: readonly ReportNote[] | undefined
  /** Up to this expected calibration error probabilities are taken at their word. @defaultValue 0.03 */
  readonly tolerableEce?: number | undefined
}

/** All that the four forms show: plain data, with the summary in words. */
export interface Report extends ReportInput {
  readonly format: 'feedrank/report'
  readonly version: 1
  readonly tolerableEce: number
  readonly summary: Summary
}

/**
 * A report for people on what was evaluated: is it better than what we have, is it calibrated, for whom is it worse; then the
 * figures behind that. `reportHtml`, `reportMarkdown` and `reportText` show it, `JSON.stringify` keeps it, `writeReport` writes
 * it to files.
 *
 * @throws ArgumentError where there is no title or no evaluation.
 * @example
 * ```ts
 * import { evaluate, evaluationReport } from 'feedrank'
 *
 * const rows = Array.from({ length: 300 }, (_, i) => ({ user: i % 30, x: ((i * 7) % 100) / 100, liked: (i * 7) % 100 > 50 === (i % 9 > 0) }))
 * const evaluation = await evaluate({
 *   rows, label: 'liked', user: 'user', contenders: [{ name: 'Ours', score: ({ x }) => x }], measures: ['auc'], resamples: 200,
 * })
 * const report = evaluationReport({ title: 'Ours on Monday', evaluations: [{ name: 'Ranking', evaluation }] })
 * console.log(report.summary.lead[0]) // Ours beats Random in AUC.
 * ```
 */
export function evaluationReport(input: ReportInput): Report {
  const where = 'evaluationReport'
  const { title, evaluations, tolerableEce = 0.03 } = checkObject(where, 'input', input)
  if (typeof title !== 'string' || title === '') throw new ArgumentError(expected(where, 'title', 'a title', title))
  if (!Array.isArray(evaluations) || evaluations.length === 0)
    throw new ArgumentError(expected(where, 'evaluations', 'an array with at least one evaluation', evaluations))
  evaluations.forEach((one: ReportInput['evaluations'][number], i) => {
    if (typeof one?.name !== 'string') throw new ArgumentError(expected(where, `evaluations[${i}].name`, 'a name', one?.name))
    if (!Array.isArray(one.evaluation?.contenders)) throw new ArgumentError(expected(where, `evaluations[${i}].evaluation`, 'what `evaluate` gives', one.evaluation))
  })
  for (const part of ['learning', 'importance', 'dependence', 'feeds', 'facts', 'notes'] as const)
    if (input[part] !== undefined && !Array.isArray(input[part])) throw new ArgumentError(expected(where, part, 'an array', input[part]))
  checkNumber(where, 'tolerableEce', tolerableEce, { min: 0, max: 1 })
  return { ...input, format: 'feedrank/report', version: 1, tolerableEce, summary: summarize(input, tolerableEce) }
}
