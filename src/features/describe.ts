import type { Encoding } from './feature'
import type { FeatureInfo, LabelInfo } from './fitted-spec'

/** A table of features and labels. `learnt[i]` says what `features[i]` learnt; crosses have none. */
export function describe(features: readonly FeatureInfo[], learnt: readonly string[], labels: readonly LabelInfo[]): string {
  const featureRows = features.map((feature, i) =>
    [feature.name, feature.kind, feature.scope, feature.rate, feature.part, shapeOf(feature.encoding), learnt[i] ?? 'hashed combinations'])
  const labelRows = labels.map(({ name, kind, count, mean, deviation }) =>
    [name, kind, String(count), mean.toPrecision(4), deviation.toPrecision(4)])
  return [
    ...table(['feature', 'kind', 'scope', 'rate', 'part', 'shape', 'learnt'], featureRows),
    ...(labels.length > 0 ? ['', ...table(['label', 'kind', 'rows', 'mean', 'deviation'], labelRows)] : []),
  ].join('\n')
}

function shapeOf(encoding: Encoding): string {
  if (encoding.kind === 'dense') return `[${encoding.width}]`
  const rows = `${encoding.cardinality} x ${encoding.embeddingDim}`
  return encoding.kind === 'ids' ? rows : `${rows} ${encoding.combiner}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, c) => Math.max(title.length, ...rows.map((row) => row[c].length)))
  const line = (cells: readonly string[]) => cells.map((text, c) => text.padEnd(widths[c])).join('  ').trimEnd()
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)]
}
