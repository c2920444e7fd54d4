import { expectTypeOf, test } from 'vitest'
import { exactIndex } from '../../src/retrieval'
import type { VectorIndex, VectorKey } from '../../src/retrieval'

test('an index gives back the keys it was given', () => {
  const index = exactIndex<string>({ dim: 2 })
  expectTypeOf(index.search(new Float32Array(2), 1)[0].keys).toEqualTypeOf<readonly string[]>()
  // @ts-expect-error: a number among strings
  index.add([1], new Float32Array(2))
  // @ts-expect-error: a set of other keys
  index.search(new Float32Array(2), 1, { exclude: new Set([1]) })
  // @ts-expect-error: an index of strings does not take any key
  const wider: VectorIndex<VectorKey> = index
  expectTypeOf(wider.size).toBeNumber()
})
