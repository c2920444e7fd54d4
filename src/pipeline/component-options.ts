import { ArgumentError, expected } from '../errors'
import type { OnError } from './component'
import type { RunContext } from './run-context'

/** What every component factory takes besides its own options. */
export interface ComponentOptions<Q> {
  /** Unique within its pipeline. @defaultValue the factory's word for it */
  readonly name?: string | undefined
  /** Whether to take part in the request of `q`. @defaultValue always */
  readonly enable?: ((q: Q, ctx: RunContext) => boolean) | undefined
  /** Gives up after so many ms. @defaultValue none but the request's deadline */
  readonly timeoutMs?: number | undefined
  /** What becomes of the request when this component fails. @defaultValue the stage's own policy */
  readonly onError?: OnError | undefined
}

/** The settings of a component made by factory `where`, under `name` unless the options name it otherwise. */
export function componentOptions<Q>(where: string, name: string, options: ComponentOptions<Q>): ComponentOptions<Q> & { readonly name: string } {
  if (typeof options !== 'object' || options === null) throw new ArgumentError(expected(where, 'options', 'an object', options))
  const { enable, timeoutMs, onError } = options
  return { name: options.name ?? name, enable, timeoutMs, onError }
}

/** `value` if it is a function; otherwise an ArgumentError. */
export function checkFunction<F>(where: string, name: string, value: F): F {
  if (typeof value === 'function') return value
  throw new ArgumentError(expected(where, name, 'a function', value))
}
