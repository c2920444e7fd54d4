import { ArgumentError, expected } from '../errors'

/** What to do with a candidate of which the filter does not know what it needs to know. */
export type KeepOrDrop = 'keep' | 'drop'

/** Whether candidates that are not known are kept. @throws ArgumentError when `unknown` is neither word. */
export function keepsUnknown(where: string, unknown: KeepOrDrop): boolean {
  if (unknown !== 'keep' && unknown !== 'drop') throw new ArgumentError(expected(where, 'unknown', "'keep' or 'drop'", unknown))
  return unknown === 'keep'
}
