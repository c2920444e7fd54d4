import type { Hydrator } from '../pipeline'

/** The fallback of a hydrator factory. */
export interface FallbackOption<Add extends object> {
  /** The fields of a candidate that could not be filled; with it they are certain for every later stage. */
  readonly fallback?: Add
}

/** A hydrator that has a fallback when its options have one, so that the pipeline's types know its fields are certain. */
export type HydratorFor<Q, C, Add extends object, O> =
  Hydrator<Q, C, Add> & (O extends { readonly fallback: object } ? { readonly fallback: Add } : unknown)

export function withFallback<Q, C, Add extends object, O>(hydrator: Hydrator<Q, C, Add>, options: FallbackOption<Add> | undefined): HydratorFor<Q, C, Add, O> {
  const fallback = options?.fallback
  return (fallback === undefined ? hydrator : { ...hydrator, fallback }) as HydratorFor<Q, C, Add, O>
}

/** Anything thrown, as an error that can stand in a place of the answer. */
export const errorOf = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(`thrown: ${String(thrown)}`, { cause: thrown })
