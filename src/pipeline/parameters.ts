import { ContractError, expected, show } from '../errors'

/** What a parameter of a pipeline may be: a flag, a number or a word. */
export type ParameterValue = boolean | number | string

/** Parameters of a pipeline by name. */
export type PipelineParameters = Readonly<Record<string, ParameterValue>>

const isValue = (value: unknown): value is ParameterValue =>
  typeof value === 'boolean' || typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))

/** `parameters` as a map. @throws ContractError when one is no boolean, finite number or string. */
export function readParameters(where: string, parameters: unknown): ReadonlyMap<string, ParameterValue> {
  if (parameters === undefined) return new Map()
  if (typeof parameters !== 'object' || parameters === null) throw new ContractError(expected(where, 'parameters', 'an object', parameters))
  const read = new Map<string, ParameterValue>()
  for (const [name, value] of Object.entries(parameters)) {
    if (!isValue(value)) throw new ContractError(expected(where, `parameters.${name}`, 'a boolean, a finite number or a string', value))
    read.set(name, value)
  }
  return read
}

/** The declared parameters with those of one request over them. @throws ContractError when one is unknown or of another type. */
export function overrideParameters(where: string, declared: ReadonlyMap<string, ParameterValue>, overrides: unknown): ReadonlyMap<string, ParameterValue> {
  if (overrides === undefined) return declared
  const merged = new Map(declared)
  for (const [name, value] of readParameters(where, overrides)) {
    const usual = declared.get(name)
    if (usual === undefined) throw new ContractError(`feedrank/${where}: expected a parameter that the pipeline declares, got ${show(name)}`)
    if (typeof usual !== typeof value) throw new ContractError(expected(where, `parameters.${name}`, `a ${typeof usual}, as declared`, value))
    merged.set(name, value)
  }
  return merged
}
