import { ArgumentError, expected } from '../errors'

/** A name in double quotes, so that it is a name whatever it holds. @throws ArgumentError when it is no name */
export function identifier(name: unknown): string {
  if (typeof name !== 'string' || name === '' || name.includes('\0'))
    throw new ArgumentError(expected('aggregatesToSql', 'table', 'a name of at least one character, and column names too', name))
  return `"${name.replaceAll('"', '""')}"`
}

/** A text in single quotes. */
export const text = (value: string) => `'${value.replaceAll("'", "''")}'`

/** A number as a DOUBLE of the very same value. */
export const number = (value: number) => `CAST(${text(value.toExponential())} AS DOUBLE)`

/** The end of a CASE: a DOUBLE in whole units of 2^-bits as a HUGEINT, or an error where it is no multiple. */
export function toUnits(value: string, bits: number, finer: string): string {
  const scaled = `(${value} * ${number(2 ** bits)})`
  return `WHEN ${scaled} <> trunc(${scaled}) THEN ${finer} ELSE CAST(${scaled} AS HUGEINT)`
}

const power = (bits: number) => `CAST('${2n ** BigInt(bits)}' AS HUGEINT)`

/**
 * A sum in units of 2^-bits as the nearest DOUBLE. It is cut in two parts that are doubles each, so that their sum is rounded
 * once; of a sum past 2^106 units the lower part says only whether there is more below it.
 */
export function sumToDouble(units: string, bits: number): string {
  const cut = (at: number, low: string) => `(CAST(${units} // ${power(at)} AS DOUBLE) * ${number(2 ** at)} + ${low})`
  const small = cut(53, `CAST(${units} % ${power(53)} AS DOUBLE)`)
  const rest = `(${units} % ${power(74)})`
  const large = cut(74, `(CAST(${rest} // ${power(23)} AS DOUBLE) + sign(${rest} % ${power(23)}) * 0.5) * ${number(2 ** 23)}`)
  return `CASE WHEN abs(${units}) < ${power(106)} THEN ${small} ELSE ${large} END * ${number(2 ** -bits)}`
}
