import type { Awaitable } from './component'

/** Whether a hydrator's fields are certain: it has a fallback, or it always runs and its failure fails the request. */
type Certain<H> = H extends { readonly fallback: object } ? true
  : 'enable' extends keyof H ? false
  : H extends { readonly onError: 'fail' } ? true
  : false

type Settled<H, Add> = Certain<H> extends true ? Add : Partial<Add>

type AddedBy<H> = H extends { readonly hydrate: (...args: never[]) => Awaitable<readonly (infer Add | Error)[]> } ? Settled<H, Add> : unknown

type AddedToQueryBy<H> = H extends { readonly hydrate: (...args: never[]) => Awaitable<infer Add> } ? Settled<H, Add> : unknown

/** What a parallel group of candidate hydrators adds together. */
export type Added<Group extends readonly unknown[]> = Group extends readonly [infer First, ...infer Others]
  ? AddedBy<First> & Added<Others>
  : unknown

/** What a parallel group of query hydrators adds together. */
export type AddedToQuery<Group extends readonly unknown[]> = Group extends readonly [infer First, ...infer Others]
  ? AddedToQueryBy<First> & AddedToQuery<Others>
  : unknown
