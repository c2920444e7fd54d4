/** Numbers by name, as every variant computes them before it is timed: the loss of a first batch, a few gradients, a score. */
export type Checked = Readonly<Record<string, readonly number[]>>

/** A variant that stands ready: its data made, its model built. */
export interface Ready {
  /** Computes the values that must agree between all variants; absent for a yardstick, which computes something else. */
  readonly check?: () => Checked | Promise<Checked>
  /** Does the work once and says how many milliseconds it took, without what only the harness needs. */
  readonly repeat: () => number | Promise<number>
  readonly close: () => void | Promise<void>
}

/** One way of doing the work: ours on some backend, a peer, or a naive baseline. */
export interface Variant {
  /** As it stands in the results: `onnxruntime`, `torch-sparse`. */
  readonly name: string
  readonly threads: number
  /** A ratio sets each peer beside each of ours. */
  readonly side: 'ours' | 'peer'
  /** The part of the question it answers, where a benchmark has several: only variants of one part must agree and make ratios. */
  readonly part?: string
  /** @throws {@link Missing} when what it needs is not installed. */
  readonly start: () => Ready | Promise<Ready>
}

/** One option of a benchmark: a positive integer, or 0 where that is its value. */
export interface BenchmarkOption {
  readonly value: number
  readonly about: string
}

/** The values of the options of one run. */
export type Options = Readonly<Record<string, number>>

/** One question, and the variants that answer it. A file of `benchmarks/` exports one by the name `benchmark`. */
export interface Benchmark {
  readonly name: string
  readonly question: string
  /** What `perSecond` counts: `examples`, `calls`. */
  readonly unit: string
  readonly options: Readonly<Record<string, BenchmarkOption>>
  readonly unitsPerRepeat: (options: Options, part?: string) => number
  /** How far checked values may lie apart: `|a - b| <= absolute + relative * |b|`. */
  readonly tolerance: { readonly relative: number; readonly absolute: number }
  readonly variants: (options: Options, threads: number) => readonly Variant[]
  /** Further ratios, of two of ours: `[a, b]` gives `a/b`, the median of b over that of a. */
  readonly among?: readonly (readonly [a: string, b: string])[]
  /** What rounds of repeats cannot tell, such as requests a second under load: numbers by name, measured after them. */
  readonly figures?: (options: Options, say: (line: string) => void) => Promise<Readonly<Record<string, number>>>
}

/** Thrown by a variant that cannot run here; the reason goes into the results. */
export class Missing extends Error {
  override name = 'Missing'
}

/** `ours@1`, as variants are called in ratios and messages. */
export const label = ({ name, threads }: { readonly name: string; readonly threads: number }): string => `${name}@${threads}`

/** Runs `work` and gives the milliseconds it took. */
export async function timed(work: () => unknown): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
