import { ArgumentError, show } from '../errors'
import { idKinds, isIdNumber } from '../data/values'

/**
 * The key of an id in a map: a number where it is an integer, else text. A number, a bigint and their decimal text are
 * one id, and a number is its own key, so that looking up a thousand makes no strings.
 *
 * @throws ArgumentError for what is no id
 */
export function itemKey(where: string, name: string, id: unknown): number | string {
  if (typeof id === 'number') {
    if (isIdNumber(id)) return Number.isInteger(id) ? id + 0 : String(id)
  } else if (typeof id === 'string') return keyOfText(id)
  else if (typeof id === 'bigint') return keyOfText(String(id))
  throw new ArgumentError(`feedrank/${where}: expected \`${name}\` to be ${idKinds}, got ${show(id)}`)
}

function keyOfText(text: string): number | string {
  const first = text.charCodeAt(0)
  // Only what begins like a number can be one: 0 to 9, or a minus.
  if (text.length > 16 || !((first >= 48 && first <= 57) || first === 45)) return text
  const number = Number(text)
  return Number.isSafeInteger(number) && String(number) === text ? number : text
}
