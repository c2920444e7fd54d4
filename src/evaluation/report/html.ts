/** Markup that is safe to put into a page as it is. Only {@link html} makes it, and {@link markup} of a library's. */
export interface Html {
  readonly markup: string
}

/** What may stand in a template: text and numbers are escaped or rounded, markup is kept, `false` and `undefined` are nothing. */
export type Part = Html | string | number | false | undefined | readonly Part[]

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

// Control characters are not allowed in HTML, not even as entities.
// oxlint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g

/** Text for an element or a quoted attribute. */
const escape = (text: string) => text.replace(forbidden, '\ufffd').replace(/[&<>"']/g, (sign) => entities[sign])

function markupOf(part: Part): string {
  if (part === false || part === undefined) return ''
  if (typeof part === 'string') return escape(part)
  if (typeof part === 'number') {
    // Numbers in markup are places in a drawing; those that people read are written by `format.ts`.
    if (!Number.isFinite(part)) throw new RangeError(`feedrank/report: ${part} has no place in a drawing`)
    return String(Math.round(part * 100) / 100 + 0)
  }
  return 'markup' in part ? part.markup : part.map(markupOf).join('')
}

/** A page from a template: whatever is filled in is escaped unless it is markup already, so no title can break out. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  ({ markup: strings.reduce((page, string, i) => page + markupOf(parts[i - 1]) + string) })

/** Markup made by a library that escapes what it is given. */
export const markup = (text: string): Html => ({ markup: text })
