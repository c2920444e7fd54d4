import { expectTypeOf, test } from 'vitest'
import type { TwoTower, WideAndDeep } from '../../src/models'
import { loadModel, openRegistry, precisionLoss, type FromFile, type Ranker } from '../../src/serving'

test('a loaded model is of the kind asked for', () => {
  expectTypeOf(loadModel('x', { kind: 'WideAndDeep' })).resolves.toExtend<WideAndDeep & FromFile>()
  expectTypeOf(loadModel('x')).resolves.toExtend<(WideAndDeep | TwoTower) & FromFile>()
  // @ts-expect-error no such kind
  void loadModel('x', { kind: 'Mine' })
})

test('what is served has the calls of what was prepared, as promises', () => {
  const registry = openRegistry('x')
  const served = registry.watch({ prepare: () => ({ score: (user: string, posts: readonly number[]) => posts.length + user.length }) })
  expectTypeOf(served).resolves.toHaveProperty('score').toEqualTypeOf<(user: string, posts: readonly number[]) => Promise<number>>()
  expectTypeOf(served).resolves.not.toHaveProperty('predict')
  // @ts-expect-error `prepare` makes what serves
  void registry.watch({ everyMs: 5 })
})

test('a loss is measured on a head that both rankers have', () => {
  const ranker = {} as Ranker<'clicked' | 'hidden'>
  void precisionLoss(ranker, ranker, [], { head: 'hidden' })
  // @ts-expect-error no such head
  void precisionLoss(ranker, ranker, [], { head: 'liked' })
})
