import { add, input } from 'feedrank/tensor'
import { expect, test } from 'vitest'
import { planFeeds } from '../../src/backends/feeds'

test('tensors by name, and whatever else is no program, are refused by name', () => {
  for (const given of [{ y: add(input('x', ['batch']), 1) }, null, undefined, {}])
    expect(() => planFeeds(given as never)).toThrow(expect.objectContaining({ code: 'argument', message: expect.stringContaining('`program({ … })`') }))
})
