import type { Evaluation, SegmentResult } from '../result'
import { differenceCell, differenceScale, key, measuredCell } from './difference'
import { count } from './format'
import { html } from './html'
import type { Html } from './html'
import { section, table } from './table'
import type { Column } from './table'

export function segmentsSection(id: string, title: string, { segments, measures, reference, ours, users }: Evaluation): Html | false {
  if (segments.length === 0) return false
  const shown = segments[0].ours.map(({ measure }) => measure)
  const labelOf = (by: string) => measures.find(({ name }) => name === by)?.label ?? by
  const against = reference === null ? [] : shown.filter((by) => by !== 'calibrationRatio')
  const note = reference === null ? 'Ours in each part.' : html`Ours in each part, and set against ${reference}. Parts overlap.`
  return section(id, `${title}: for whom`, note, table<SegmentResult>({
    id: `${id}-t`, narrow: 'cards', look: against.length === 2 ? 'compared' : '', rows: segments, caption: reference === null ? 'Measures of each segment.' : html`Corrected over all segments of a column. ${key}`,
    columns: [
      { title: 'Segment', head: true, cell: ({ group, name, rows, users: people }) => html`${group !== name && !['Users', 'Items'].includes(group) && `${group}: `}${name} <small>${count(rows)} rows${users > 0 && `, ${count(people)} users`}</small>` },
      ...shown.map((by): Column<SegmentResult> => ({ title: `${labelOf(by)} of ${ours}`, numeric: true, cell: (row) => measuredCell(row.ours.find(({ measure }) => measure === by)) })),
      ...against.map((by): Column<SegmentResult> => {
        const of = (row: SegmentResult) => row.against.find(({ measure }) => measure === by)
        const x = differenceScale(segments.map(of))
        return { title: `${labelOf(by)}: minus ${reference ?? ''}`, numeric: true, cell: (row) => differenceCell(of(row), x) }
      }),
    ],
  }))
}
