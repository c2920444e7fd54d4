import { describe, expect, it } from 'vitest'
import { ids, signedNumbers } from '../../benchmarks/workloads/synthetic'
import { batch, deepWidth, distinctBatches, embeddingWeights, embeddings, layerWeights, layers } from '../../benchmarks/workloads/wide-and-deep'

/** CRC-32 of an array's bytes, as Python's `zlib.crc32`. */
function crc32({ buffer, byteOffset, byteLength }: ArrayBufferView): number {
  let crc = ~0
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1))
  }
  return ~crc >>> 0
}

// The golden values are those of benchmarks/peers/synthetic.py under numpy 2.4.6.
describe('the synthetic workload', () => {
  it('is the one that the Python peer makes, bit for bit', () => {
    expect(crc32(embeddingWeights(embeddings[0]))).toBe(1345936486)
    expect(crc32(ids('ids.post', 0, distinctBatches * 1024, 100_000))).toBe(1846195838)
    expect(crc32(layerWeights(layers[0]))).toBe(356168973)
    expect([...signedNumbers('dwell', 5, 3)]).toEqual([-0.18801963329315186, -0.7795014381408691, 0.001043081283569336])
    const first = batch(0, 1024)
    expect([...first.crosses.userAuthor.slice(0, 4)]).toEqual([56222, 59215, 87666, 42232])
    expect([...first.click.slice(0, 12)]).toEqual([0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1])
    expect([...batch(1, 1024).ids.user.slice(0, 4)]).toEqual([1977, 1102, 4379, 4165])
  })

  it('has the seed model\'s width, and every id inside its table', () => {
    expect(deepWidth).toBe(343)
    const { ids: idsOf, crosses } = batch(distinctBatches - 1, 1024)
    for (const { name, rows } of embeddings) expect(idsOf[name].every((id) => id >= 0 && id < rows), name).toBe(true)
    for (const [name, buckets] of Object.entries(crosses)) expect(buckets.every((id) => id >= 0 && id < 100_000), name).toBe(true)
  })
})
