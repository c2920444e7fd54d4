import { describe, expect, it } from 'vitest'
import { count, duration, list, measure, milliseconds, percent, range, signed } from '../../../src/evaluation/report/format'
import { html } from '../../../src/evaluation/report/html'
import { loadPlotting } from '../../../src/evaluation/report/plotting'
import { linearScale } from '../../../src/evaluation/report/scale'
import { judge } from '../../../src/evaluation/report/verdict'
import type { Standing } from '../../../src'

describe('html', () => {
  it('escapes what is filled in and keeps what is markup already', () => {
    expect(html`<p title="${'a"b\'c'}">${'<&>'}${html`<b>${'x'}</b>`}${[html`<i>y</i>`, 'z<']}${false}${undefined}</p>`.markup)
      .toBe('<p title="a&quot;b&#39;c">&lt;&amp;&gt;<b>x</b><i>y</i>z&lt;</p>')
  })
  it('rounds places and refuses those that are none', () => {
    expect(html`${1 / 3} ${-0.0001} ${12}`.markup).toBe('0.33 0 12')
    for (const value of [NaN, Infinity]) expect(() => html`${value}`).toThrow('no place')
  })
})

describe('plotting', () => {
  it('escapes what names a row, and gives short numbers', async () => {
    const { draw, library } = await loadPlotting('test')
    const { inner, viewBox } = draw({ marks: [library.text([{ x: 1 / 3, y: 1, t: '<script>"&' }], { x: 'x', y: 'y', text: 't' })] })
    expect(inner.markup).toContain('&lt;script&gt;')
    expect(inner.markup).not.toMatch(/<style|<script|aria-|="[^"]*\d\.\d{3,}/)
    expect(viewBox).toMatch(/^0 0 \d+ \d+$/)
  })
  it('says what to install where it is missing', async () => {
    const missing = (name: string) => Promise.reject(Object.assign(new Error(`Cannot find package '${name}' imported from x`), { code: 'ERR_MODULE_NOT_FOUND' }))
    await expect(loadPlotting('reportHtml', missing)).rejects.toMatchObject({
      code: 'backend', message: 'feedrank/reportHtml: the package @observablehq/plot is not installed; run: npm install @observablehq/plot',
    })
    await expect(loadPlotting('reportHtml', () => Promise.resolve({}))).rejects.toMatchObject({ code: 'backend' })
  })
})

describe('linearScale', () => {
  it('keeps the ends, and puts a lone value in the middle', () => {
    const x = linearScale([2, 4], [10, 30])
    expect([x(2), x(3), x(4)]).toEqual([10, 20, 30])
    for (const value of [0, 5, -3, 1e-9]) expect(linearScale([value, value], [0, 100])(value)).toBeCloseTo(50)
  })
})

describe('numbers for people', () => {
  it('are written as people write them', () => {
    expect([count(1234567), count(-0), measure(0.5), measure(-0.00001), measure(0), signed(0.01), percent(0.1234), milliseconds(0.5), milliseconds(1234), duration(75)])
      .toEqual(['1,234,567', '0', '0.5000', '\u22120.00001', '0.0000', '+0.0100', '12.3%', '0.50 ms', '1,234 ms', '1 min 15 s'])
    expect([range({ low: 0.1, high: 0.2 }), range({ low: NaN, high: 1 }), list(['a']), list(['a', 'b', 'c'])]).toEqual(['0.1000 to 0.2000', 'no interval', 'a', 'a, b and c'])
    for (const value of [NaN, Infinity]) expect([count(value), measure(value), percent(value), milliseconds(value), duration(value)]).toEqual(Array(5).fill('no value'))
  })
})

describe('judge', () => {
  const rival = (name: string, standing: Standing, difference = 0.1) => ({
    name, value: 0.5, against: { measure: 'auc', difference, low: difference - 0.05, high: difference + 0.05, pValue: 0.01, corrected: 0.02, standing },
  })
  it('is a win only if each that can be compared is one', () => {
    expect(judge([rival('a', 'ahead'), rival('b', 'ahead')], 'higher').verdict).toBe('yes')
    expect(judge([rival('a', 'ahead'), rival('b', 'undecided')], 'higher').verdict).toBe('undecided')
    expect(judge([rival('a', 'ahead'), rival('b', 'behind', -0.1)], 'higher').verdict).toBe('no')
    expect(judge([rival('a', 'ahead'), rival('b', 'unmeasured')], 'higher').verdict).toBe('yes')
    expect(judge([rival('a', 'unmeasured')], 'higher').verdict).toBe('undecided')
    expect(judge([], 'higher')).toMatchObject({ verdict: 'undecided', sentences: ['There is nothing to set it beside.'] })
  })
})
