import type { ReliabilityBin } from 'feedrank'
import type { Results } from '../report-data'
import { bar, drawing, errorBar, figure, line, marks, xAxis, yAxis } from './chart'
import { count, measure, percent, plural } from './format'
import { html, type Html } from './html'
import { linearScale } from './scale'
import { section, table } from './table'
import { apart, wideAndDeep } from './verdict'

const [left, right, top, bottom, floor] = [44, 348, 10, 314, 384] as const

/** A count that fits above its bar: `2.4k`. */
const compact = (n: number) => (n < 1000 ? count(n) : n < 9950 ? `${(n / 1000).toFixed(1)}k` : `${count(n / 1000)}k`)

const measured = ({ count, meanPredicted, observed, interval }: ReliabilityBin) =>
  count > 0 && [meanPredicted, observed, interval.low, interval.high].every(Number.isFinite)

function reliability(bins: readonly ReliabilityBin[], name: string): Html {
  const x = linearScale([0, 1], [left, right])
  const y = linearScale([0, 1], [bottom, top])
  const most = Math.max(...bins.map((bin) => bin.count))
  const height = linearScale([0, most], [0, floor - bottom - 38])
  const points = bins.map((bin) => ({ x: x(bin.meanPredicted), y: y(bin.observed) }))
  const columns = bins.map((bin) => {
    const [from, to, tall, label] = [x(bin.low), x(bin.high), height(bin.count), compact(bin.count)]
    const fits = label.length * 6.5 < to - from
    return html`${bar(from + 1, floor - tall, to - from - 2, tall)}${
      fits && html`<text class="small" x="${(from + to) / 2}" y="${floor - tall - 4}" text-anchor="middle">${label}</text>`}`
  })
  const body = html`
<path class="diagonal" d="M${left} ${bottom}L${right} ${top}"/>
${yAxis({ y, x: [left, right], wanted: 5, format: (value) => percent(value, 0) })}
${bins.map((bin) => errorBar(x(bin.meanPredicted), y(bin.interval.low), y(bin.interval.high)))}
${line(points, 0)}${marks(points, 0)}
${columns}
${xAxis({ x, y: floor, label: 'predicted probability of a like' })}
<text class="small" x="${left}" y="${bottom + 16}">ratings in each bin</text>`
  const description = bins
    .map((bin) => `predicted ${percent(bin.meanPredicted)}, observed ${percent(bin.observed)} of ${count(bin.count)}`).join('; ')
  return drawing({ id: 'reliability', title: `Reliability curve of ${name}`, description, width: 360, height: 424, body })
}

export function calibrationSection({ ranking }: Results): Html {
  const { ours } = apart(ranking, wideAndDeep)
  const bins = ours?.reliability.filter(measured) ?? []
  const note = 'When the model says 70%, do seven in ten like it?'
  if (!ours || bins.length === 0) return section('calibration', 'Calibration', note, html`<p>No reliability curve was measured.</p>`)
  const how = 'by predicted probability, with Wilson intervals. The dashed diagonal is perfect calibration.'
  const empty = ours.reliability.length - bins.length
  const above = bins.filter(({ interval, meanPredicted }) => interval.low > meanPredicted).length
  const below = bins.filter(({ interval, meanPredicted }) => interval.high < meanPredicted).length
  const off = above + below === 0
    ? 'In no bin does the interval leave the diagonal out.'
    : `The interval lies above the diagonal, where the model promises too little, in ${count(above)} of ${plural(bins.length, 'bin')}, ` +
      `and below it, where it promises too much, in ${count(below)}.`
  const numbers = table({
    id: 'reliability-t', narrow: 'scroll', rows: bins, rowClass: () => 'tight',
    caption: 'The bins, with Wilson intervals of the observed share',
    columns: [
      { title: 'Bin', head: true, cell: (bin) => `${measure(bin.low, 2)} to ${measure(bin.high, 2)}` },
      { title: 'Ratings', numeric: true, cell: (bin) => count(bin.count) },
      { title: 'Predicted', numeric: true, cell: (bin) => percent(bin.meanPredicted) },
      { title: 'Observed', numeric: true, cell: (bin) => percent(bin.observed) },
      { title: 'Interval', numeric: true, cell: ({ interval }) => `${measure(interval.low * 100, 1)} to ${percent(interval.high)}` },
    ],
  })
  return section('calibration', 'Calibration', note, html`<div class="beside">
${figure('Observed share of likes', how, reliability(bins, ours.name))}
<div class="text">
<dl class="figures"><div><dt>ECE</dt><dd>${measure(ours.ece)}</dd></div><div><dt>Adjustment</dt><dd>${ours.calibration}</dd></div></dl>
<p>${off}${empty > 0 && ` ${count(empty)} of ${count(ours.reliability.length)} bins hold no rating and are not drawn.`}</p>
${numbers}
</div></div>`)
}
