import type { ContenderResult, Evaluation, MeasureInfo } from '../result'
import { differenceCell, differenceScale, itself, key, measuredCell } from './difference'
import { count, plural } from './format'
import { html } from './html'
import type { Html } from './html'
import { section, table } from './table'
import type { Column } from './table'
import { levelText } from './verdict'

const name = ({ name: who, what, role, failures }: ContenderResult, { reference, referenceInUse }: Evaluation): Html => html`${who}${
  role === 'ours' && html` <span class="tag">ours</span>`}${role === 'baseline' && html` <span class="tag quiet">baseline</span>`}${
  referenceInUse && who === reference && html` <span class="tag">in use</span>`}${what !== '' && html` <small>${what}</small>`}${
  failures && html` <small class="fault">${plural(failures.requests, 'request')} failed: ${failures.first}</small>`}`

const direction = (measures: readonly MeasureInfo[]) => {
  const lower = measures.filter(({ better }) => better === 'lower').map(({ label }) => label)
  return lower.length === 0 ? 'Higher is better.' : lower.length === measures.length ? 'Lower is better.' : `Higher is better but for ${lower.join(' and ')}.`
}

const measureColumn = ({ name: by, label }: MeasureInfo): Column<ContenderResult> =>
  ({ title: label, numeric: true, cell: ({ measures }) => measuredCell(measures.find(({ measure }) => measure === by)) })

export function evaluationSection(id: string, title: string, given: string | undefined, evaluation: Evaluation): Html {
  const { contenders, measures, primary, size, users, kind, level, notes } = evaluation
  const main = measures.slice(0, 4)
  const rest = measures.slice(4)
  const compared = [primary, 'logLoss'].filter((by, i, all) => all.indexOf(by) === i && measures.some((one) => one.name === by) && contenders.length > 1)
  const unit = kind === 'rows' ? plural(size, 'row') : plural(size, 'request')
  const note = html`${given !== undefined && `${given} `}${unit}${users > 0 && ` of ${plural(users, 'user')}`}, ${
    kind === 'rows' ? `${count(evaluation.positives)} of them positive` : `${plural(evaluation.positives, 'relevant item')}`}.`
  const ours = contenders[0].name
  const shared = { rows: contenders, rowClass: ({ role }: ContenderResult) => (role === 'ours' ? 'ours' : '') }
  const first: Column<ContenderResult> = { title: 'Contender', head: true, cell: (row) => name(row, evaluation) }
  return section(id, title, note, html`${table({
    ...shared, id: `${id}-t`, narrow: 'cards', look: compared.length === 2 ? 'compared' : '',
    caption: html`Measures with ${levelText(level)} intervals. ${direction(main)} ${compared.length > 0 && key}`,
    columns: [
      first, ...main.map(measureColumn),
      ...compared.map((by): Column<ContenderResult> => {
        const of = ({ against }: ContenderResult) => against?.find(({ measure }) => measure === by)
        const x = differenceScale(contenders.map(of))
        return { title: `${measures.find((one) => one.name === by)?.label ?? by}: ${ours} minus this`, numeric: true, cell: (row) => (row.role === 'ours' ? itself : differenceCell(of(row), x)) }
      }),
    ],
  })}
${rest.length > 0 && html`<h3>More measures</h3>${table({
    ...shared, id: `${id}-more`, narrow: 'cards', caption: `${direction(rest)}${rest.some(({ better }) => better === 'near 1') ? ' A ratio is best near 1.' : ''}`,
    columns: [{ ...first, cell: (row) => row.name }, ...rest.map(measureColumn)],
  })}`}
${notes.map((text) => html`<p class="note">${text}</p>`)}`)
}
