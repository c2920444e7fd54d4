import { html } from './html'
import type { Html, Part } from './html'

/** One column of a table. */
export interface Column<R> {
  readonly title: string
  readonly cell: (row: R) => Part
  /** Numbers stand at the right, one below the other. */
  readonly numeric?: boolean
  /** The column that names the row. */
  readonly head?: boolean
}

/**
 * A table with a caption, and headers that say what they are the header of.
 *
 * On a phone a `stack` table lays each row out as a card, a `cards` table does so on a tablet too, a `scroll` table scrolls
 * within its own frame. Roles are
 * written out since some browsers forget them where a stylesheet changes how rows are laid out.
 */
export function table<R>(input: {
  readonly id: string
  readonly caption: Part
  readonly columns: readonly Column<R>[]
  readonly rows: readonly R[]
  readonly narrow: 'stack' | 'cards' | 'scroll'
  readonly rowClass?: (row: R) => string
  /** A class of the table, for a look of its own. */
  readonly look?: string
}): Html {
  const { id, caption, columns, rows, narrow, rowClass = () => '', look = '' } = input
  const cell = (column: Column<R>, row: R) => {
    const { title, numeric, head } = column
    const name = numeric ? 'n' : ''
    return head
      ? html`<th scope="row" role="rowheader" class="${name}">${column.cell(row)}</th>`
      : html`<td role="cell" class="${name}" data-label="${title}">${column.cell(row)}</td>`
  }
  return framed(id, narrow, html`<table role="table" class="${narrow === 'cards' ? 'stack cards' : narrow} ${look}">
<caption id="${id}">${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map(({ title, numeric }) => html`
<th scope="col" role="columnheader" class="${numeric ? 'n' : ''}">${title}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => html`
<tr role="row" class="${rowClass(row)}">${columns.map((column) => cell(column, row))}</tr>`)}
</tbody></table>`)
}

/** A frame in which a wide table scrolls, reachable by keyboard; the others scroll only where a font or a name is wider than foreseen. */
const framed = (captionId: string, narrow: 'stack' | 'cards' | 'scroll', content: Html): Html =>
  narrow !== 'scroll' ? html`<div class="hold">${content}</div>` : html`<div class="frame" role="region" aria-labelledby="${captionId}" tabindex="0">${content}</div>`

/** A part of the page with its heading, and a short note beside it. */
export const section = (id: string, title: string, note: Part, content: Part): Html => html`
<section id="${id}" aria-labelledby="${id}-h">
  <header><h2 id="${id}-h">${title}</h2>${note === '' ? false : html`<p class="note">${note}</p>`}</header>
  <div class="content">${content}</div>
</section>`
