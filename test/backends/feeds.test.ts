import { add, input, program } from 'feedrank/tensor'
import { expect, test } from 'vitest'
import { bindFeeds, planFeeds } from '../../src/backends/feeds'

test('tensors by name, and whatever else is no program, are refused by name', () => {
  for (const given of [{ y: add(input('x', ['batch']), 1) }, null, undefined, {}])
    expect(() => planFeeds(given as never)).toThrow(expect.objectContaining({ code: 'argument', message: expect.stringContaining('`program({ … })`') }))
})

test('an array that lost its memory is refused, and is not taken for an empty one', () => {
  const plan = planFeeds(program({ y: add(input('x', ['n']), 1) }))
  const x = new Float32Array(4)
  structuredClone(x.buffer, { transfer: [x.buffer] })
  expect(() => bindFeeds(plan, { x })).toThrow(expect.objectContaining({ code: 'shape', message: expect.stringContaining("feed 'x'") }))
  expect(() => bindFeeds(plan, { x: { data: x, shape: [0] } })).toThrow(expect.objectContaining({ code: 'shape', message: expect.stringContaining('lost its memory') }))
  expect(bindFeeds(plan, { x: new Float32Array(0) }).bindings.get('n')).toBe(0)
})
