import { describe, expect, it } from 'vitest'
import { count, duration, list, measure, milliseconds, percent, range, signed } from '../../examples/movielens/report/format'
import { html } from '../../examples/movielens/report/html'
import { linearScale, niceDomain, ticks } from '../../examples/movielens/report/scale'
import { seededRandom } from '../../src/random'

describe('html', () => {
  it('escapes what is filled in and keeps what is markup already', () => {
    expect(html`<p title="${'a"b\'c'}">${'<&>'}${html`<b>${'x'}</b>`}${[html`<i>y</i>`, 'z<']}${false}</p>`.markup)
      .toBe('<p title="a&quot;b&#39;c">&lt;&amp;&gt;<b>x</b><i>y</i>z&lt;</p>')
  })
  it('rounds places and refuses those that are none', () => {
    expect(html`${1 / 3} ${-0.0001} ${12}`.markup).toBe('0.33 0 12')
    for (const value of [NaN, Infinity]) expect(() => html`${value}`).toThrow('no place')
  })
})

describe('ticks', () => {
  it('are round, within the domain, evenly apart and about as many as wanted', () => {
    const random = seededRandom('ticks')
    for (let round = 0; round < 500; round++) {
      const low = (random.next() - 0.5) * 10 ** random.integer(6)
      const high = low + 10 ** (random.next() * 8 - 4)
      const { values, places } = ticks([low, high], 4)
      expect(values.length).toBeGreaterThanOrEqual(1)
      expect(values.length).toBeLessThanOrEqual(6)
      const slack = (high - low) * 1e-6
      for (const value of values) {
        expect(value).toBeGreaterThanOrEqual(low - slack)
        expect(value).toBeLessThanOrEqual(high + slack)
        expect(Number(value.toFixed(places))).toBe(value)
      }
      const steps = values.slice(1).map((value, i) => value - values[i])
      for (const step of steps) expect(Math.abs(step - steps[0])).toBeLessThan(steps[0] * 1e-6)
    }
  })
  it('of epochs are whole', () => {
    for (let epochs = 1; epochs < 60; epochs++) for (const value of ticks(linearScale([1, epochs], [0, 1]).domain, 8, 1).values) expect(value).toBe(Math.round(value))
  })
  it('are those a person would choose', () => {
    expect(ticks([0, 1], 5).values).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(ticks([0.7412, 0.7661], 4)).toEqual({ values: [0.75, 0.76], places: 2 })
    expect(niceDomain([0.7412, 0.7661])).toEqual([0.74, 0.77])
  })
})

describe('linearScale', () => {
  it('keeps the ends, and puts a lone value in the middle', () => {
    const x = linearScale([2, 4], [10, 30])
    expect([x(2), x(3), x(4)]).toEqual([10, 20, 30])
    for (const value of [0, 5, -3, 1e-9]) expect(linearScale([value, value], [0, 100])(value)).toBeCloseTo(50)
  })
  it('has a domain for no value, one value and equal values', () => {
    for (const values of [[], [3], [3, 3], [0]]) {
      const [low, high] = niceDomain(values)
      expect(high).toBeGreaterThan(low)
    }
  })
})

describe('numbers in words', () => {
  it('never lose their sign or become zero when they are not', () => {
    expect([0.00004, -0.00004, 0, -0, 0.5, -0.12345].map((value) => signed(value))).toEqual(['+0.00004', '\u22120.00004', '0.0000', '0.0000', '+0.5000', '\u22120.1235'])
    expect(measure(1e-9)).toBe('1e\u22129')
    expect(range({ low: -0.01, high: 0.02 }, signed)).toBe('\u22120.0100 to +0.0200')
  })
  it('have a word where there is none', () => {
    for (const of of [count, measure, signed, percent, milliseconds, duration]) for (const value of [NaN, Infinity, -Infinity]) expect(of(value)).toBe('no value')
    expect(range({ low: NaN, high: 1 })).toBe('no interval')
  })
  it('are written as people write them', () => {
    expect([0, 999, 1000, 100_836, 1_234_567, -1234].map(count)).toEqual(['0', '999', '1,000', '100,836', '1,234,567', '\u22121,234'])
    expect([0.004, 8.412, 9.996, 31.84, 99.96, 1234.5].map(milliseconds)).toEqual(['0.00 ms', '8.41 ms', '10.0 ms', '31.8 ms', '100 ms', '1,235 ms'])
    expect([0.04, 9.94, 9.96, 59.4, 59.6, 94.3].map(duration)).toEqual(['0.0 s', '9.9 s', '10 s', '59 s', '1 min 0 s', '1 min 34 s'])
    expect([['a'], ['a', 'b'], ['a', 'b', 'c'], []].map(list)).toEqual(['a', 'a and b', 'a, b and c', ''])
  })
})
