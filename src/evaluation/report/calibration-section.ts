import type { ReliabilityBin } from '../../metrics'
import type { Evaluation } from '../result'
import { axes, figure } from './figure'
import { count, measure, percent, plural, range } from './format'
import { html } from './html'
import type { Html } from './html'
import type { Plotting } from './plotting'
import { section } from './table'

const share = (value: number) => `${Math.round(value * 100)}%`

function reliability(plotting: Plotting | undefined, id: string, name: string, bins: readonly ReliabilityBin[]): Html {
  const most = Math.max(...bins.map((bin) => bin.count))
  return figure<ReliabilityBin>(plotting, {
    id, title: `Reliability of ${name}`, note: 'The observed share by predicted probability, with Wilson intervals; the dashes are perfect calibration, the bars below how many rows lie in each bin.',
    description: bins.map((bin) => `predicted ${percent(bin.meanPredicted)}, observed ${percent(bin.observed)} of ${count(bin.count)}`).join('; '),
    plot: (library) => ({
      width: 360, height: 360, x: { domain: [0, 1] }, y: { domain: [-0.24, 1] },
      marks: [
        ...axes(library, { xLabel: 'predicted probability', yLabel: 'observed share', xFormat: share, yTicks: [0, 0.2, 0.4, 0.6, 0.8, 1], yFormat: share }),
        library.rect(bins, { x1: (bin: ReliabilityBin) => bin.low + 0.006, x2: (bin: ReliabilityBin) => bin.high - 0.006, y1: -0.24, y2: (bin: ReliabilityBin) => -0.24 + (0.19 * bin.count) / most, fill: 'var(--bar)' }),
        library.line([[0, 0], [1, 1]], { stroke: 'var(--strong)', strokeDasharray: '5 4' }),
        library.ruleX(bins, { x: 'meanPredicted', y1: (bin: ReliabilityBin) => bin.interval.low, y2: (bin: ReliabilityBin) => bin.interval.high, stroke: 'var(--ink)', strokeWidth: 1.25 }),
        library.line(bins, { x: 'meanPredicted', y: 'observed', stroke: 'var(--ours)', strokeWidth: 1.75 }),
        library.dot(bins, { x: 'meanPredicted', y: 'observed', fill: 'var(--ours)', r: 3.25 }),
      ],
    }),
    numbers: {
      rows: bins,
      columns: [
        { title: 'Bin', head: true, cell: (bin) => `${measure(bin.low, 2)} to ${measure(bin.high, 2)}` },
        { title: 'Rows', numeric: true, cell: (bin) => count(bin.count) },
        { title: 'Predicted', numeric: true, cell: (bin) => percent(bin.meanPredicted) },
        { title: 'Observed', numeric: true, cell: (bin) => percent(bin.observed) },
        { title: 'Interval', numeric: true, cell: ({ interval }) => `${measure(interval.low * 100, 1)} to ${percent(interval.high)}` },
      ],
    },
  })
}

export function calibrationSection(plotting: Plotting | undefined, id: string, name: string, { contenders: [ours] }: Evaluation): Html | false {
  const bins = ours.curves?.reliability?.filter((bin) => bin.count > 0) ?? []
  if (bins.length === 0) return false
  const above = bins.filter(({ interval, meanPredicted }) => interval.low > meanPredicted).length
  const below = bins.filter(({ interval, meanPredicted }) => interval.high < meanPredicted).length
  const off = above + below === 0
    ? 'In no bin does the interval leave the diagonal out.'
    : `The interval lies above the diagonal, where it promises too little, in ${count(above)} of ${plural(bins.length, 'bin')}, ` +
      `and below it, where it promises too much, in ${count(below)}.`
  const figures = ['ece', 'calibrationRatio'].flatMap((key) => {
    const one = ours.measures.find(({ measure: by }) => by === key)
    return one === undefined || one.value === null ? [] : [html`<div><dt>${key === 'ece' ? 'ECE' : 'Predicted / observed'}</dt><dd>${measure(one.value, key === 'ece' ? 4 : 3)}</dd>${
      one.low !== null && one.high !== null && html`<dd class="under">${range({ low: one.low, high: one.high }, (value) => measure(value, key === 'ece' ? 4 : 3))}</dd>`}</div>`]
  })
  return section(id, `${name}: calibration`, 'When the model says 70%, does it come to pass seven times in ten?', html`<div class="beside">
${reliability(plotting, `${id}-curve`, ours.name, bins)}
<div class="text"><dl class="figures">${figures}</dl><p>${off}</p></div></div>`)
}
