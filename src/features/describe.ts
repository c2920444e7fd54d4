import type { Encoding } from './feature'
import type { FeatureInfo, LabelInfo } from './fitted-spec'
import type { Plan, PlannedLabel } from './plan'

/** What {@link describe} tells of. */
export interface Described {
  readonly plan: Plan
  readonly hash: string
  readonly features: readonly FeatureInfo[]
  /** What each feature learnt; crosses learn nothing. */
  readonly learnt: readonly string[]
  readonly labels: readonly LabelInfo[]
}

/** A table of features and labels: what each reads, becomes and learnt. */
export function describe({ plan, hash, features, learnt, labels }: Described): string {
  const crosses = features.length - plan.features.length
  const featureRows = features.map((feature, i) => {
    const planned = plan.features[i]
    const cross = plan.crosses[i - plan.features.length]
    return [
      feature.name, feature.kind, feature.scope, feature.rate, feature.part,
      planned ? [planned.column, ...planned.reads].join(' + ') : cross.cross.parts.join(' x '),
      planned ? ruleOf(planned.feature.missing) : '-',
      shapeOf(feature.encoding),
      learnt[i] ?? `hashed into ${cross.cross.buckets} rows, seed ${cross.cross.seed}`,
    ]
  })
  const labelRows = labels.map(({ name, kind, count, mean, deviation }, i) =>
    [name, kind, plan.labels[i].column, whenOf(plan.labels[i]), ruleOf(plan.labels[i].label.missing), String(count), mean.toPrecision(4), deviation.toPrecision(4)])
  const counted = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : what.endsWith('s') ? 'es' : 's'}`
  return [
    `${[counted(plan.features.length, 'feature'), crosses > 0 && counted(crosses, 'cross'), labels.length > 0 && counted(labels.length, 'label')].filter(Boolean).join(', ')}; hash ${hash}`,
    '',
    ...table(['feature', 'kind', 'scope', 'rate', 'part', 'reads', 'missing', 'shape', 'learnt'], featureRows),
    ...(labels.length > 0 ? ['', ...table(['label', 'kind', 'reads', 'counts', 'missing', 'rows', 'mean', 'deviation'], labelRows)] : []),
  ].join('\n')
}

function shapeOf(encoding: Encoding): string {
  if (encoding.kind === 'dense') return `[${encoding.width}]`
  const rows = `${encoding.cardinality} x ${encoding.embeddingDim}`
  return encoding.kind === 'ids' ? rows : `${rows} ${encoding.combiner}${encoding.maxLength === undefined ? '' : `, ${encoding.maxLength} at most`}`
}

/** The rule for a missing value. */
function ruleOf(missing: unknown): string {
  if (typeof missing === 'string') return missing
  const { fill, flag } = (missing ?? {}) as { readonly fill?: unknown; readonly flag?: unknown }
  return fill === undefined ? '-' : `${String(fill)}${flag === true ? ' and a flag' : ''}`
}

/** In which rows a label counts. */
function whenOf({ label: { when } }: PlannedLabel): string {
  if (when === undefined) return 'always'
  return typeof when === 'string' ? `when ${when}` : `when ${when.column} = ${String(when.equals)}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, c) => Math.max(title.length, ...rows.map((row) => row[c].length)))
  const line = (cells: readonly string[]) => cells.map((text, c) => text.padEnd(widths[c])).join('  ').trimEnd()
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)]
}
