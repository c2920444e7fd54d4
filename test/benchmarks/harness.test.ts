import { describe, expect, it } from 'vitest'
import { disagreements } from '../../benchmarks/harness/agree'
import { readArguments } from '../../benchmarks/harness/arguments'
import type { Benchmark, Checked, Variant } from '../../benchmarks/harness/benchmark'
import { Missing } from '../../benchmarks/harness/benchmark'
import { measure } from '../../benchmarks/harness/measure'
import { pythonPeer } from '../../benchmarks/harness/python-peer'
import { quantile } from '../../benchmarks/harness/statistics'

const quiet = { threads: [1], repeats: 3, warmup: 1, say: () => {} }

interface Fake {
  readonly name: string
  readonly side: Variant['side']
  readonly ms?: readonly number[]
  readonly checked?: Checked
  readonly missing?: string
}

/** A benchmark of variants that take the milliseconds they are told to, and a log of what ran. */
function fake(...variants: readonly Fake[]): { readonly benchmark: Benchmark; readonly log: string[] } {
  const log: string[] = []
  const benchmark: Benchmark = {
    name: 'fake', question: 'does the harness hold?', unit: 'calls', options: { size: { value: 100, about: 'calls in a repeat' } },
    unitsPerRepeat: ({ size }) => size,
    tolerance: { relative: 1e-3, absolute: 1e-6 },
    variants: (_, threads) => variants.map(({ name, side, ms = [], checked = { loss: [1] }, missing }) => ({
      name, side, threads,
      start() {
        if (missing !== undefined) throw new Missing(missing)
        let turn = 0
        return { check: () => checked, repeat: () => (log.push(name), ms[turn++] ?? 1), close: () => void log.push(`close ${name}`) }
      },
    })),
  }
  return { benchmark, log }
}

describe('measure', () => {
  it('runs each variant once a round in orders of its own, leaves the warm-up out, and sets peers beside ours', async () => {
    const { benchmark, log } = fake({ name: 'a', side: 'ours', ms: [999, 10, 30, 20] }, { name: 'b', side: 'peer', ms: [999, 40, 40, 60] }, { name: 'c', side: 'peer', ms: [999, 5, 5, 5] })
    const { results, ratios, missing } = await measure(benchmark, { size: 100 }, quiet)
    const rounds = [0, 3, 6, 9].map((from) => log.slice(from, from + 3))
    for (const round of rounds) expect(round.toSorted().join('')).toBe('abc')
    expect(new Set(rounds.map((round) => round.join(''))).size).toBeGreaterThan(1)
    expect(log.slice(12)).toEqual(['close a', 'close b', 'close c'])
    expect(results[0]).toEqual({ variant: 'a', threads: 1, medianMs: 20, p95Ms: 29, perSecond: 5000 })
    expect(ratios).toEqual({ 'a/b@1': 2, 'a/c@1': 0.25 })
    expect(missing).toEqual([])
  })

  it('compares variants of one part only', async () => {
    const { benchmark } = fake({ name: 'a', side: 'ours', ms: [1, 2, 2, 2] }, { name: 'b', side: 'peer', ms: [1, 4, 4, 4] }, { name: 'c', side: 'peer', checked: { other: [7] } })
    const parted: Benchmark = {
      ...benchmark, unitsPerRepeat: (_, part) => (part === 'x' ? 100 : 10),
      variants: (options, threads) => benchmark.variants(options, threads).map((variant) => ({ ...variant, part: variant.name === 'c' ? 'y' : 'x' })),
    }
    const { results, ratios } = await measure(parted, { size: 100 }, quiet)
    expect(ratios).toEqual({ 'a/b@1': 2 })
    expect(results.map(({ perSecond }) => perSecond)).toEqual([50000, 25000, 10000])
  })

  it('names what is missing and measures the rest', async () => {
    const { benchmark } = fake({ name: 'a', side: 'ours' }, { name: 'b', side: 'peer', missing: 'not installed' })
    const { results, missing } = await measure(benchmark, { size: 1 }, { ...quiet, threads: [1, 2] })
    expect(missing).toEqual([{ variant: 'b', threads: 1, reason: 'not installed' }, { variant: 'b', threads: 2, reason: 'not installed' }])
    expect(results.map(({ variant, threads }) => [variant, threads])).toEqual([['a', 1], ['a', 2]])
  })

  it('times nothing when the variants compute different things, and closes them', async () => {
    const { benchmark, log } = fake({ name: 'a', side: 'ours' }, { name: 'b', side: 'peer', checked: { loss: [1.01] } })
    await expect(measure(benchmark, { size: 1 }, quiet)).rejects.toThrow('a@1 and b@1 do not compute the same:\n  loss[0]: 1 and 1.01')
    expect(log).toEqual(['close a', 'close b'])
  })
})

describe('disagreements', () => {
  const tolerance = { relative: 1e-3, absolute: 1e-6 }
  it('allows the tolerance and no more', () => {
    expect(disagreements({ x: [1, 0] }, { x: [1.0009, 1e-7] }, tolerance)).toEqual([])
    expect(disagreements({ x: [1] }, { x: [1.002] }, tolerance)).toHaveLength(1)
  })
  it('finds NaN, other lengths and names that one side lacks', () => {
    expect(disagreements({ x: [Number.NaN] }, { x: [Number.NaN] }, tolerance)).toEqual(['  x[0]: NaN and NaN'])
    expect(disagreements({ x: [1] }, { x: [1, 2] }, tolerance)).toEqual(['  x: 1 values and 2'])
    expect(disagreements({ x: [1] }, { y: [1] }, tolerance)).toEqual(['  x: computed by one of the two only', '  y: computed by one of the two only'])
  })
})

describe('quantile', () => {
  it('interpolates as numpy.quantile does by default', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
    expect(quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.95)).toBeCloseTo(9.55, 12)
    expect(quantile([7], 0.95)).toBe(7)
  })
})

describe('the arguments', () => {
  it('are read with defaults, and refused when they are no positive integers or unknown', () => {
    const { benchmark } = fake()
    expect(readArguments(benchmark, ['--threads', '1,4', '--size', '7', '--json'])).toEqual({ options: { size: 7 }, threads: [1, 4], repeats: 15, warmup: 3, json: true })
    expect(() => readArguments(benchmark, ['--repeats', '0'])).toThrow('--repeats: expected a positive integer, got "0"')
    expect(() => readArguments(benchmark, ['--size', '0'])).toThrow('--size: expected a positive integer, got "0"')
    expect(() => readArguments(benchmark, ['--sise', '7'])).toThrow(/sise/)
    const off = { ...benchmark, options: { soak: { value: 0, about: 'off' } } }
    expect([readArguments(off, []), readArguments(off, ['--soak', '3'])].map(({ options }) => options)).toEqual([{ soak: 0 }, { soak: 3 }])
    expect(() => readArguments(off, ['--soak', '-1'])).toThrow()
  })
})

describe('a peer in Python', () => {
  it('is missing where there is no interpreter', async () => {
    const before = process.env.FEEDRANK_PYTHON
    process.env.FEEDRANK_PYTHON = 'no-such-python'
    try {
      const peer = pythonPeer({ name: 'torch', threads: 1, script: 'train_wide_and_deep.py', mode: 'sparse', options: {} })
      await expect(peer.start()).rejects.toThrow(new Missing('no Python interpreter'))
    } finally {
      if (before === undefined) delete process.env.FEEDRANK_PYTHON
      else process.env.FEEDRANK_PYTHON = before
    }
  })
})
