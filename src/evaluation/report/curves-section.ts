import type { ContenderResult, Curve, Curves, Evaluation } from '../result'
import { axes, figure, seriesColours, seriesDashes } from './figure'
import type { FigureInput } from './figure'
import { measure, percent } from './format'
import { html } from './html'
import type { Html } from './html'
import type { Mark, PlotLibrary, Plotting } from './plotting'
import { section } from './table'

const share = (value: number) => `${Math.round(value * 100)}%`

interface Kind {
  readonly key: 'roc' | 'precisionRecall' | 'gains'
  readonly title: string
  readonly note: string
  readonly x: string
  readonly y: string
  /** What chance looks like. */
  readonly chance: (rate: number) => readonly [from: number, to: number]
}

const kinds: readonly Kind[] = [
  { key: 'roc', title: 'ROC', note: 'How many positives are caught for each share of negatives; the dashes are chance.', x: 'false positive rate', y: 'true positive rate', chance: () => [0, 1] },
  { key: 'precisionRecall', title: 'Precision and recall', note: 'How pure the best-scored rows are, for each share of positives caught; the dashes are chance.', x: 'recall', y: 'precision', chance: (rate) => [rate, rate] },
  { key: 'gains', title: 'Gains', note: 'How many of all positives stand in the best-scored share of rows; the dashes are chance.', x: 'best-scored share of rows', y: 'share of positives', chance: () => [0, 1] },
]

/** The value of a curve at `x`, between its points. */
function at({ x, y }: Curve, wanted: number): number {
  const next = x.findIndex((value) => value >= wanted)
  if (next < 0) return y[y.length - 1]
  if (next === 0 || x[next] === wanted) return y[next]
  const part = (wanted - x[next - 1]) / (x[next] - x[next - 1])
  return y[next - 1] + part * (y[next] - y[next - 1])
}

const stops = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]

function curveFigure(plotting: Plotting | undefined, id: string, kind: Kind, shown: readonly { readonly name: string; readonly curve: Curve }[], rate: number): Html {
  const [from, to] = kind.chance(rate)
  const plot = (library: PlotLibrary) => ({
    width: 360, height: 300, x: { domain: [0, 1] }, y: { domain: [0, 1] },
    marks: [
      ...axes(library, { xLabel: kind.x, yLabel: kind.y, xFormat: share, yFormat: share }),
      library.line([[0, from], [1, to]], { stroke: 'var(--strong)', strokeDasharray: '5 4' }),
      ...shown.map(({ curve }, i): Mark => library.line(curve.x.map((x, p) => [x, curve.y[p]]), { stroke: seriesColours[i], strokeDasharray: seriesDashes[i], strokeWidth: 1.75 })),
    ],
  })
  const input: FigureInput<number> = {
    id, title: kind.title, note: kind.note, plot, legend: shown.map(({ name }) => name),
    description: shown.map(({ name, curve }) => `${name}: ${kind.y} ${percent(at(curve, 0.1), 0)} at ${kind.x} 10%, ${percent(at(curve, 0.5), 0)} at 50%`).join('; '),
    numbers: {
      rows: stops,
      columns: [
        { title: kind.x, head: true, numeric: true, cell: (x) => share(x) },
        ...shown.map(({ name, curve }) => ({ title: name, numeric: true, cell: (x: number) => percent(at(curve, x)) })),
      ],
    },
  }
  return figure(plotting, input)
}

/** Ours, the one it is compared with, and the next best known, up to four. */
function shownOf({ contenders, reference }: Evaluation): readonly ContenderResult[] {
  const others = contenders.slice(1).filter(({ role, name }) => role === 'rival' || name === reference)
  return [contenders[0], ...others.filter(({ name }) => name === reference), ...others.filter(({ name }) => name !== reference)].slice(0, 4)
}

export function curvesSection(plotting: Plotting | undefined, id: string, name: string, evaluation: Evaluation): Html | false {
  const shown = shownOf(evaluation)
  const figures = kinds.flatMap((kind) => {
    const drawn = shown.flatMap(({ name: who, curves }) => (curves?.[kind.key] ? [{ name: who, curve: curves[kind.key] as Curve }] : []))
    return drawn.length === 0 ? [] : [curveFigure(plotting, `${id}-${kind.key}`, kind, drawn, evaluation.positives / Math.max(evaluation.size, 1))]
  })
  const scores = shown.slice(0, 2).flatMap(({ name: who, curves }, i) => (curves ? [distribution(plotting, `${id}-scores-${i}`, who, curves)] : []))
  if (figures.length + scores.length === 0) return false
  return section(id, `${name}: curves`, 'What a threshold would catch, and how scores lie.', html`<div class="panels">${[...figures, ...scores]}</div>`)
}

/** Scores of positives and negatives, each as a share of its class. */
function distribution(plotting: Plotting | undefined, id: string, name: string, { distribution: { low, high, positives, negatives } }: Curves): Html {
  const bins = positives.map((count, i) => ({ from: low + ((high - low) * i) / positives.length, to: low + ((high - low) * (i + 1)) / positives.length, positives: count, negatives: negatives[i] }))
  const [all, none] = [positives.reduce((a, b) => a + b, 0), negatives.reduce((a, b) => a + b, 0)]
  const points = (of: 'positives' | 'negatives', total: number) => bins.flatMap((bin) => [[bin.from, bin[of] / Math.max(total, 1)], [bin.to, bin[of] / Math.max(total, 1)]])
  const mean = (of: 'positives' | 'negatives', total: number) => bins.reduce((sum, bin) => sum + ((bin.from + bin.to) / 2) * bin[of], 0) / Math.max(total, 1)
  const input: FigureInput<(typeof bins)[number]> = {
    id, title: `Scores of ${name}`, note: 'The share of positives and of negatives in each bin of scores.', legend: ['positives', 'negatives'],
    description: `Positives have a mean score of about ${measure(mean('positives', all), 2)}, negatives of about ${measure(mean('negatives', none), 2)}.`,
    plot: (library) => ({
      width: 360, height: 300, x: { domain: high > low ? [low, high] : [low - 0.5, low + 0.5] },
      y: { domain: [0, Math.max(...bins.flatMap((bin) => [bin.positives / Math.max(all, 1), bin.negatives / Math.max(none, 1)]), 0.01)] },
      marks: [
        ...axes(library, { xLabel: 'score', yLabel: 'share of its class', yFormat: share }),
        library.line(points('positives', all), { stroke: seriesColours[0], strokeWidth: 1.75 }),
        library.line(points('negatives', none), { stroke: seriesColours[1], strokeWidth: 1.75, strokeDasharray: seriesDashes[1] }),
      ],
    }),
    numbers: {
      rows: bins,
      columns: [
        { title: 'Score', head: true, cell: (bin) => `${measure(bin.from, 2)} to ${measure(bin.to, 2)}` },
        { title: 'Positives', numeric: true, cell: (bin) => String(bin.positives) },
        { title: 'Negatives', numeric: true, cell: (bin) => String(bin.negatives) },
      ],
    },
  }
  return figure(plotting, input)
}
