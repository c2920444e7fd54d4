import { expect, it } from 'vitest'
import { engineAllocation } from '../../benchmarks/pipeline/allocation'

it('a request of 4 sources, 3 hydrators, 10 filters and 5 scorers over 1,500 candidates allocates less than 1 MB beside its components', async () => {
  const { engine, components } = await engineAllocation(1500)
  expect(components).toBeGreaterThan(100)
  expect(engine).toBeGreaterThan(100)
  expect(engine).toBeLessThan(1000)
})
