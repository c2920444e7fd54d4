const minus = '\u2212'
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const numerals = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']
const none = 'no value'

const withMinus = (text: string) => text.replace('-', minus)

/** A whole number with its thousands apart: `100,836`. */
export const count = (value: number) =>
  Number.isFinite(value) ? withMinus(String(Math.round(value) + 0).replace(/\B(?=(\d{3})+$)/g, ',')) : none

/** A measure with four places, or with as many as it takes to tell it from zero. */
export function measure(value: number, places = 4): string {
  if (!Number.isFinite(value)) return none
  const fixed = value.toFixed(places)
  if (Number(fixed) === 0 && value !== 0) return withMinus(Number(value.toPrecision(1)).toString())
  return withMinus(Number(fixed) === 0 ? fixed.replace('-', '') : fixed)
}

/** A difference, with its sign: `+0.0123`. */
export const signed = (value: number) => (value > 0 && Number.isFinite(value) ? `+${measure(value)}` : measure(value))

/** Both ends of an interval. */
export const range = ({ low, high }: { readonly low: number; readonly high: number }, each: (value: number) => string = measure) =>
  Number.isFinite(low) && Number.isFinite(high) ? `${each(low)} to ${each(high)}` : 'no interval'

/** A share of one as a percentage: `48.2%`. */
export const percent = (share: number, places = 1) => (Number.isFinite(share) ? `${withMinus((share * 100).toFixed(places))}%` : none)

/** A time in ms, with three figures or so. */
export function milliseconds(ms: number): string {
  if (!Number.isFinite(ms)) return none
  return `${ms >= 99.95 ? count(ms) : ms >= 9.995 ? ms.toFixed(1) : ms.toFixed(2)} ms`
}

/** A time in seconds, as minutes and seconds where it is long. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return none
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** A day in UTC: `24 Sep 2018`. */
export function day(ms: number): string {
  const date = new Date(ms)
  return Number.isFinite(date.getTime()) ? `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}` : 'no date'
}

/** A day in UTC for machines: `2018-09-24`. */
export const isoDay = (ms: number) => (Number.isFinite(new Date(ms).getTime()) ? new Date(ms).toISOString().slice(0, 10) : '')

/** Names as one phrase: `a, b and c`. */
export const list = (names: readonly string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`

/** A count and its noun: `1 row`, `12 rows`. */
export const plural = (n: number, noun: string, nouns = `${noun}s`) => `${count(n)} ${n === 1 ? noun : nouns}`

/** Small counts in words, as in running text. */
export const words = (n: number) => numerals[n] ?? count(n)

export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
