import { html, type Html } from './html'
import { ticks, type Scale } from './scale'

/** A drawing with a title and a description for those who do not see it. */
export function drawing(input: {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly width: number
  readonly height: number
  readonly body: Html | readonly Html[]
}): Html {
  const { id, title, description, width, height, body } = input
  return html`<svg role="img" aria-labelledby="${id}-title ${id}-desc" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>
${body}</svg>`
}

/** The axis below a drawing, with round values. */
export function xAxis(input: {
  readonly x: Scale
  readonly y: number
  readonly label: string
  /** About how many ticks. */
  readonly wanted?: number
  /** The smallest step between two ticks, such as 1 for epochs. */
  readonly least?: number
}): Html {
  const { x, y, label, wanted = 5, least = 0 } = input
  const [left, right] = x.range
  const { values, places } = ticks(x.domain, wanted, least)
  return html`<g class="axes" aria-hidden="true"><path class="axis" d="M${left} ${y}H${right}"/>
${values.map((value) => html`<path class="axis" d="M${x(value)} ${y}v4"/>
<text x="${x(value)}" y="${y + 18}" text-anchor="middle">${value.toFixed(places)}</text>`)}
<text x="${(left + right) / 2}" y="${y + 36}" text-anchor="middle">${label}</text></g>`
}

/** Grid lines across a drawing, with round values at their left. */
export function yAxis(input: {
  readonly y: Scale
  readonly x: readonly [left: number, right: number]
  readonly wanted?: number
  readonly format?: (value: number) => string
}): Html {
  const { y, x: [left, right], wanted = 4 } = input
  const { values, places } = ticks(y.domain, wanted)
  const { format = (value: number) => value.toFixed(places) } = input
  return html`<g class="axes" aria-hidden="true">${values.map((value) =>
    html`<path class="grid" d="M${left} ${y(value)}H${right}"/>
<text x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${format(value)}</text>`)}</g>`
}

interface Point {
  readonly x: number
  readonly y: number
}

/** A line through points, in the dash of its series. */
export const line = (points: readonly Point[], series: number): Html | false =>
  points.length > 1 && html`<path class="line s${series % 4}" d="${points.map(({ x, y }, i) => html`${i === 0 ? 'M' : 'L'}${x} ${y}`)}"/>`

const shapes: readonly ((x: number, y: number) => Html)[] = [
  (x, y) => html`<circle cx="${x}" cy="${y}" r="3.25"/>`,
  (x, y) => html`<rect x="${x - 3}" y="${y - 3}" width="6" height="6"/>`,
  (x, y) => html`<path d="M${x} ${y - 4}l4 7h-8z"/>`,
  (x, y) => html`<path d="M${x} ${y - 4.25}l4.25 4.25l-4.25 4.25l-4.25 -4.25z"/>`,
]

/** A mark at each point, in the shape of its series. */
export const marks = (points: readonly Point[], series: number): Html =>
  html`<g class="mark s${series % 4}">${points.map(({ x, y }) => shapes[series % 4](x, y))}</g>`

/** An upright interval with caps. */
export const errorBar = (x: number, low: number, high: number): Html =>
  html`<path class="error" d="M${x} ${low}V${high}M${x - 3} ${low}h6M${x - 3} ${high}h6"/>`

/** A lying interval with caps. */
export const whisker = (y: number, low: number, high: number, cap = 3): Html =>
  html`<path class="error" d="M${low} ${y}H${high}M${low} ${y - cap}v${2 * cap}M${high} ${y - cap}v${2 * cap}"/>`

/** A lying bar, never so thin that it is not seen. */
export const bar = (x: number, y: number, width: number, height: number, name = 'bar'): Html =>
  html`<rect class="${name}" x="${x}" y="${y}" width="${Math.max(width, 1)}" height="${height}"/>`

/** What each series looks like, in words beside its mark. */
export const legend = (names: readonly string[]): Html | false => names.length > 1 && html`<ul class="legend">${names.map((name, i) => html`
<li><svg aria-hidden="true" width="30" height="12" viewBox="0 0 30 12">${
  line([{ x: 0, y: 6 }, { x: 30, y: 6 }], i)}${marks([{ x: 15, y: 6 }], i)}</svg> ${name}</li>`)}</ul>`

/** A drawing with what it says above it, and what else belongs to it below. */
export const figure = (title: string, note: string, picture: Html, rest: Html | false = false): Html =>
  html`<figure><figcaption><strong>${title}</strong>${note !== '' && ` ${note}`}</figcaption>${picture}${rest}</figure>`
