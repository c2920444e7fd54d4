import { cascade, cascadeRegret, functionScorer, scorerWithFallback, type CascadeSample } from 'feedrank/scorers'
import { describe, expect, it } from 'vitest'
import { ArgumentError, ContractError, DataError } from '../../src/errors'
import { MixerPipeline, explain, type Scorer } from '../../src/pipeline'
import { seededRandom } from '../../src/random'
import { below } from '../../src/scorers/cascade-order'
import { caught, rejected } from '../models/caught'
import { contextAt } from '../pipeline/context'

interface Post { readonly id: number; readonly cheap: number; readonly full: number }
const by = (field: 'cheap' | 'full') => functionScorer<object, Post>(field, (post) => post[field])
const posts = (cheap: readonly number[], full: readonly number[]): Post[] => cheap.map((one, id) => ({ id, cheap: one, full: full[id] }))
const run = (keep: number, list: readonly Post[], previous = new Float64Array(list.length)) =>
  Promise.resolve(cascade<object, Post>({ stages: [{ scorer: by('cheap'), keep }, { scorer: by('full') }] }).score({}, list, previous, contextAt()))

describe('scores', () => {
  it('of the last stage are as they were given, all others lie below them in the order of their own stage', async () => {
    const random = seededRandom('cascade')
    const shapes: readonly (() => number)[] = [
      () => random.next(), () => random.normal(), () => 1e-300 * random.next(), () => 1e300 * random.normal(), () => random.integer(4), () => -random.next() - 1, () => 0,
    ]
    for (let round = 0; round < 300; round++) {
      const n = 1 + random.integer(40)
      const [cheap, full] = [shapes[round % shapes.length], shapes[random.integer(shapes.length)]].map((draw) => Array.from({ length: n }, draw))
      for (const at of [random.integer(n), random.integer(n)]) if (round % 3 === 0) cheap[at] = NaN
      if (round % 5 === 0) full[random.integer(n)] = Infinity
      const keep = 1 + random.integer(n)
      const scores = await run(keep, posts(cheap, full))
      const finite = cheap.flatMap((score, i) => (Number.isFinite(score) ? [i] : []))
      const kept = new Set(finite.toSorted((a, b) => cheap[b] - cheap[a] || a - b).slice(0, keep))
      const least = Math.min(...[...kept].map((i) => full[i]).filter(Number.isFinite))
      for (let i = 0; i < n; i++) {
        if (kept.has(i)) expect(scores[i]).toBe(full[i])
        else if (!Number.isFinite(cheap[i])) expect(scores[i]).toBeNaN()
        else {
          expect(scores[i]).toBeLessThan(least)
          if (least > 1e-290 && least < Infinity) expect(scores[i]).toBeGreaterThan(0)
          for (let j = 0; j < n; j++) if (!kept.has(j) && Number.isFinite(cheap[j])) expect(Math.sign(scores[i] - scores[j]), `${scores[i]} ${scores[j]}`).toBe(Math.sign(cheap[i] - cheap[j]))
        }
      }
    }
  })

  it('three stages make three tiers', async () => {
    const list = Array.from({ length: 30 }, (_, id) => ({ id, cheap: id, full: 0.5 + (id % 7) / 100 }))
    const middle = functionScorer<object, Post>('middle', (post) => -post.id)
    const scorer = cascade<object, Post>({ stages: [{ scorer: by('cheap'), keep: 20 }, { scorer: middle, keep: 5 }, { scorer: by('full') }] })
    const scores = await scorer.score({}, list, new Float64Array(30), contextAt())
    const order = list.toSorted((a, b) => scores[b.id] - scores[a.id]).map(({ id }) => id)
    // 10 to 29 are the best of the cheap one, 10 to 14 of those the best of the middle one.
    expect(order.slice(0, 5).toSorted((a, b) => a - b)).toEqual([10, 11, 12, 13, 14])
    expect(order.slice(5)).toEqual([...Array.from({ length: 15 }, (_, i) => 15 + i), ...Array.from({ length: 10 }, (_, i) => 9 - i)])
    expect(Math.min(...scores)).toBeGreaterThan(0)
  })

  it('below a ceiling, whatever it is', () => {
    for (const ceiling of [1, 1e-289, 1e-291, 5e-324, 0, -0, -1e-300, -5, 1e308, -1e300]) {
      const placed = below(ceiling, Float64Array.of(3, -1, 3, NaN, 2, Infinity))
      expect(placed[0]).toBe(placed[2])
      expect([placed[0] < ceiling, placed[4] < placed[0], placed[1] < placed[4]]).toEqual([true, true, true])
      expect([placed[3], placed[5]]).toEqual([NaN, Infinity])
    }
  })

  it('a stage sees the best alone, with its scores, sources and earlier scores', async () => {
    const seen: unknown[] = []
    const last: Scorer<object, Post> = {
      name: 'last',
      score(_, cs, previous, ctx) {
        seen.push(cs.map(({ id }) => id), [...previous], cs.map((__, i) => ctx.sources(i)[0]), cs.map((__, i) => ctx.score('before', i)), ctx.now)
        return Float64Array.from(previous)
      },
    }
    const scorer = cascade<object, Post>({ stages: [{ scorer: functionScorer('first', (post: Post, _: object, before: number) => post.cheap + before), keep: 2 }, { scorer: last }] })
    const ctx = contextAt(7, undefined, { sources: (i) => [`source ${i}`], score: (name, i) => (name === 'before' ? 10 * i : NaN) })
    expect(await scorer.score({}, posts([5, 1, 9, 2], [0, 0, 0, 0]), Float64Array.of(0, 100, 0, 0), ctx)).toEqual(Float64Array.of(6, 101, 9, 3))
    expect(seen).toEqual([[1, 2], [101, 9], ['source 1', 'source 2'], [10, 20], 7])
  })
})

describe('in a pipeline', () => {
  const list = posts([0.9, 0.1, 0.8, 0.3, 0.7], [0.2, 0.99, 0.6, 0.5, 0.4])
  const feed = (scorer: Scorer<object, Post>, limit = 2) => MixerPipeline.for<object, Post>({ name: 'feed', limit }).source({ name: 'all', fetch: () => list }).score(scorer).build()

  it('ranks, traces each stage and explains', async () => {
    const result = await feed(cascade({ stages: [{ scorer: by('cheap'), keep: 3 }, { scorer: by('full'), keep: 2 }] })).run({})
    expect(result.selected.map(({ id, score }) => [id, score])).toEqual([[2, 0.6], [4, 0.4]])
    expect(result.rest.map(({ id }) => id)).toEqual([0, 3, 1])
    const [component] = result.trace.stages.find(({ stage }) => stage === 'score')!.components
    expect(component.nested!.map(({ pipeline, stages }) => [pipeline, ...stages.map((stage) => [stage.stage, stage.in, stage.out])])).toEqual([
      ['cheap', ['score', 5, 5], ['select', 5, 3]], ['full', ['score', 3, 3], ['select', 3, 2]],
    ])
    expect(JSON.parse(JSON.stringify(result.trace))).toEqual(result.trace)
    expect(explain(result, 1).text).toMatch(/Within cascade:\n {2}all brought it.\n {2}cheap scored it 0.1.\n {2}It ranked 5th of 5 by score.\n {2}It found no place on the page of 3/)
    expect(explain(result, 2).within.map(({ story }) => [story.fate, story.rank, story.score])).toEqual([['selected', 1, 0.8], ['selected', 0, 0.6]])
  })

  it('a stage that is not enabled is passed over', async () => {
    const off: Scorer<object, Post> = { ...by('full'), enable: () => false }
    expect((await feed(cascade({ stages: [{ scorer: by('cheap'), keep: 3 }, { scorer: off }] }), 5).run({})).selected.map(({ id }) => id)).toEqual([0, 2, 4, 3, 1])
    expect((await feed(cascade({ stages: [{ scorer: off }] }), 5).run({})).selected.map(({ id, score }) => [id, score])).toEqual([[0, 0], [1, 0], [2, 0], [3, 0], [4, 0]])
  })

  it('a stage that fails fails the request, unless it has a fallback that keeps the order', async () => {
    const failing: Scorer<object, Post> = { name: 'full', score: () => Promise.reject(new Error('no model')) }
    expect(String(await rejected(() => feed(cascade({ stages: [{ scorer: by('cheap'), keep: 3 }, { scorer: failing }] })).run({})))).toMatch(/no model/)
    const kept = functionScorer<object, Post>('as before', (_, __, previous) => previous)
    const result = await feed(cascade({ stages: [{ scorer: by('cheap'), keep: 3 }, { scorer: scorerWithFallback({ scorer: failing, fallback: kept }) }] }), 5).run({})
    expect(result.selected.map(({ id }) => id)).toEqual([0, 2, 4, 3, 1])
    expect(result.trace.stages.find(({ stage }) => stage === 'score')!.components[0].error).toMatch('no model')
  })

  it('candidates that no stage could score rank last, and nobody is asked about them', async () => {
    const asked: number[] = []
    const full: Scorer<object, Post> = { name: 'full', score: (_, cs) => (asked.push(cs.length), Float64Array.from(cs, ({ id }) => (id === 2 ? NaN : id))) }
    const cheap = functionScorer<object, Post>('cheap', ({ id, cheap }) => (id === 0 ? NaN : cheap))
    const result = await feed(cascade({ stages: [{ scorer: cheap, keep: 3 }, { scorer: full }] }), 5).run({})
    expect(result.selected.map(({ id }) => id)).toEqual([4, 3, 1, 0, 2])
    expect(asked).toEqual([3])
    const none = functionScorer<object, Post>('none', () => NaN)
    expect((await feed(cascade({ stages: [{ scorer: none, keep: 3 }, { scorer: full }] }), 5).run({})).selected.length).toBe(5)
    expect(asked).toEqual([3])
  })
})

describe('regret', () => {
  const random = seededRandom('regret')
  const samples = (n: number, requests: number, noise: number): CascadeSample[] => Array.from({ length: requests }, () => {
    const full = Array.from({ length: n }, () => random.next())
    return { scores: [full.map((score) => score + noise * random.normal()), full], utility: full.map((score) => Number(random.next() < score)) }
  })

  it('is what the scorer itself loses', async () => {
    const given = samples(40, 12, 0.3)
    const k = 6
    for (const width of [1, 6, 15, 40]) {
      const [found] = cascadeRegret(given.map(({ scores }) => ({ scores })), { k, widths: [width] })
      let [regret, recall] = [0, 0]
      for (const { scores: [cheap, full] } of given) {
        const final = await run(width, posts(cheap as number[], full as number[]))
        const top = (values: ArrayLike<number>) => Array.from(values, (_, i) => i).toSorted((a, b) => values[b] - values[a]).slice(0, k)
        const [best, got] = [top(full), top(final)]
        regret += (best.reduce((sum, i) => sum + full[i], 0) - got.reduce((sum, i) => sum + full[i], 0)) / given.length
        recall += got.filter((i) => best.includes(i)).length / k / given.length
      }
      expect(found.regret.mean).toBeCloseTo(regret, 9)
      expect(found.recall.mean).toBeCloseTo(recall, 9)
      expect([found.scored, found.requests]).toEqual([width, 12])
    }
  })

  it('falls as stages widen, to nothing, and recall rises to 1', () => {
    const found = cascadeRegret(samples(60, 20, 0.5).map(({ scores }) => ({ scores })), { k: 5, widths: [5, 10, 20, 40, 60, 900] })
    found.slice(1).forEach(({ regret, recall }, i) => {
      expect(regret.mean).toBeLessThanOrEqual(found[i].regret.mean)
      expect(recall.mean).toBeGreaterThanOrEqual(found[i].recall.mean)
    })
    expect(found[0].relativeRegret).toBeGreaterThan(0.01)
    for (const { regret, recall, relativeRegret } of found.slice(-2)) expect([regret.mean, regret.high, recall.mean, recall.low, relativeRegret]).toEqual([0, 0, 1, 1, 0])
  })

  it('counts what a page is worth where it is told, and takes three stages', () => {
    const [one] = cascadeRegret([{ scores: [[3, 2, 1], [1, 2, 3]], utility: [0, 10, 0] }, { scores: [[1, 2, 3], [1, 2, 3]], utility: [0, 0, 4] }], { k: 1, widths: [1] })
    // The full model picks 2 in both; the cascade 0 in the first. Worth 0 against 0, and 4 against 4.
    expect([one.regret.mean, one.recall.mean, one.relativeRegret]).toEqual([0, 0.5, 0])
    const three = cascadeRegret(Array.from({ length: 2 }, () => ({ scores: [[4, 3, 2, 1], [1, 2, 3, 4], [1, 2, 3, 0]] })), { k: 1, widths: [[3, 1], [1, 1], [4, 4]] })
    expect(three.map(({ recall, scored }) => [recall.mean, scored])).toEqual([[1, 1], [0, 1], [1, 4]])
    const worthless = cascadeRegret(Array.from({ length: 2 }, () => ({ scores: [[1, 2], [1, 2]], utility: [0, 0] })), { k: 1, widths: [1] })
    expect(worthless[0].relativeRegret).toBeNaN()
  })
})

describe('bad input', () => {
  const scorer = by('cheap')
  it.each([
    [undefined], [{ stages: [] }], [{ stages: 'cheap' }], [{ stages: [{ keep: 3 }] }], [{ stages: [{ scorer }, { scorer }] }], [{ stages: [{ scorer, keep: 0 }, { scorer }] }],
    [{ stages: [{ scorer, keep: 1.5 }, { scorer }] }], [{ stages: [{ scorer }], id: 'id' }], [{ stages: [{ scorer, keep: -1 }] }],
  ])('cascade(%o)', (options) => {
    expect(ArgumentError.isInstance(caught(() => cascade(options as never)))).toBe(true)
  })

  it('a scorer that answers with other numbers', async () => {
    for (const answer of [new Float64Array(1), undefined, [1, 2, 3]]) {
      const broken: Scorer<object, Post> = { name: 'broken', score: () => answer as never }
      expect(ContractError.isInstance(await rejected(async () => cascade({ stages: [{ scorer: broken }] }).score({}, posts([1, 2, 3], [1, 2, 3]), new Float64Array(3), contextAt())))).toBe(true)
    }
  })

  const good = { scores: [[1, 2], [2, 1]] }
  it.each<readonly [string, unknown, object, { readonly isInstance: (e: unknown) => boolean }]>([
    ['one request', [good], {}, ArgumentError], ['no list', undefined, {}, ArgumentError], ['one stage', [{ scores: [[1]] }, { scores: [[1]] }], {}, ArgumentError],
    ['no widths', [good, good], { widths: [] }, ArgumentError], ['a width of 0', [good, good], { widths: [0] }, ArgumentError], ['too many widths', [good, good], { widths: [[1, 2]] }, ArgumentError],
    ['k of 0', [good, good], { k: 0 }, ArgumentError], ['NaN of the full model', [good, { scores: [[1, 2], [2, NaN]] }], {}, DataError], ['utility of NaN', [good, { ...good, utility: [1, NaN] }], {}, DataError],
    ['other lengths', [good, { scores: [[1, 2], [2]] }], {}, ArgumentError], ['no candidates', [good, { scores: [[], []] }], {}, DataError], ['null', [good, null], {}, ArgumentError],
    ['text', [good, { scores: [['1', 2], [2, 1]] }], {}, DataError],
  ])('cascadeRegret of %s', (_, given, options, kind) => {
    const error = caught(() => cascadeRegret(given as CascadeSample[], { k: 1, widths: [1], ...options }))
    expect(kind.isInstance(error), String(error)).toBe(true)
  })
})
