import { describe, expect, test } from 'vitest'
import { loadBackend } from '../../src/backends'
import { SpecError } from '../../src/errors'
import { binary, categorical, concatRows, defineFeatures, fittedSpecFromJSON, sliceRows, takeRows } from '../../src/features'
import { TwoTower, WideAndDeep, createPredictor } from '../../src/models'
import { constant } from '../../src/tensor'
import { fit } from '../../src/training'

const declared = defineFeatures({
  features: { user: categorical({ scope: 'user' }), item: categorical({ scope: 'item' }) }, labels: { liked: binary() },
})
const rows = Array.from({ length: 24 }, (_, i) => ({ user: i % 4, item: i % 6, liked: i % 3 === 0 }))
const spec = declared.fit(rows)
// The same shapes, other vocabularies: what it encodes would be read as other users and items, and nothing would fail.
const other = declared.fit(rows.map((row) => ({ ...row, user: row.user + 1 })))

describe('encoded rows remember the spec that encoded them', () => {
  const encoded = spec.encode(rows, { labels: true })

  test('and so do parts of them, and parts put together', () => {
    expect(encoded.specHash).toBe(spec.hash)
    expect(takeRows(encoded, [3, 1]).specHash).toBe(spec.hash)
    expect(sliceRows(encoded, 3, 5).specHash).toBe(spec.hash)
    expect(concatRows([sliceRows(encoded, 0, 5), sliceRows(encoded, 5)]).specHash).toBe(spec.hash)
    expect(() => concatRows([encoded, other.encode(rows, { labels: true })])).toThrow(/encoded by one spec, got those of \w{32} and \w{32}/)
  })

  test('a model refuses those of another, by name', async () => {
    const backend = await loadBackend('javascript')
    const message = new RegExp(`encoded by the spec of the model, ${spec.hash}, got rows of another spec, ${other.hash}`)
    const wrong = other.encode(rows, { labels: true })
    const predictor = await createPredictor(new WideAndDeep(spec, { hidden: [2] }), 'score', backend)
    await expect(predictor.predict(wrong)).rejects.toThrow(message)
    await expect(predictor.predict(wrong)).rejects.toSatisfy((error: unknown) => SpecError.isInstance(error))
    await expect(fit(new WideAndDeep(spec, { hidden: [2] }), { rows: wrong }, { backend, epochs: 1 })).rejects.toThrow(message)
    await expect(fit(new WideAndDeep(spec, { hidden: [2] }), { rows: encoded, validation: wrong }, { backend, epochs: 1 })).rejects.toThrow(message)
    const towers = new TwoTower(spec, { dim: 2 })
    const items = spec.encode(rows.slice(0, 6), { scopes: ['item'] })
    const positives = Int32Array.from(rows, ({ item }) => item)
    await expect(fit(towers, { queries: wrong, positives, items }, { backend, epochs: 1 })).rejects.toThrow(message)
  })

  test('one that came through JSON is the same spec; rows made by hand are taken at their word', async () => {
    const predictor = await createPredictor(new WideAndDeep(fittedSpecFromJSON(JSON.parse(JSON.stringify(spec))), { hidden: [2] }), 'score', await loadBackend('javascript'))
    expect((await predictor.predict(encoded)).get('liked')).toHaveLength(24)
    const { specHash: _, ...byHand } = encoded
    expect((await predictor.predict(byHand)).get('liked')).toHaveLength(24)
  })
})

test('a graph that depends on no feature is refused by name', async () => {
  const graphs = { score: new Map([['always', constant([1])]]) }
  await expect(createPredictor({ ...new WideAndDeep(spec, { hidden: [2] }), graphs }, 'score', await loadBackend('javascript'))).rejects.toMatchObject({ code: 'spec' })
})
