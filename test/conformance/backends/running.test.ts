import { describe, expect, test } from 'vitest'
import type { Backend, Feeds, OutputBuffers } from 'feedrank/backends'
import * as ops from 'feedrank/tensor'
import { input, program, type Tensor } from 'feedrank/tensor'
import { ArgumentError, BackendError, DataError, ShapeError } from '../../../src/errors'
import { forEachBackend } from './harness'

const f32 = (...values: number[]) => Float32Array.from(values)
const i32 = (...values: number[]) => Int32Array.from(values)

const compile = (backend: Backend, outputs: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>) => backend.compile(program(outputs))

const x = input('x', ['batch', 2])
const y = input('y', ['batch'])
const ids = input('ids', ['n'], { dtype: 'int32' })
const table = input('table', [3, 2])

async function failure(run: Promise<unknown>): Promise<Error> {
  return run.then(() => expect.fail('expected the run to fail'), (error: Error) => error)
}

forEachBackend((backend) => {
  describe('feeds', () => {
    /** Two inputs that share an axis, and row numbers of a table. */
    const both = { sum: ops.add(x, ops.reshape(y, ['batch', 1])), rows: ops.gather(table, ids) }
    const good: Feeds = { x: f32(1, 2, 3, 4), y: f32(10, 20), ids: i32(2, 0), table: f32(0, 1, 2, 3, 4, 5) }

    const bad: readonly (readonly [title: string, change: Readonly<Record<string, unknown>>, kind: { isInstance: (e: unknown) => boolean }, says: readonly RegExp[]])[] = [
      ['missing', { y: undefined }, ShapeError, [/'y'/, /Float32Array/, /undefined/]],
      ['of an unknown name', { z: f32(1) }, ShapeError, [/unknown feed 'z'/, /'x', 'y'|'ids'/]],
      ['of the wrong dtype', { y: i32(1, 2) }, ShapeError, [/'y'/, /Float32Array/, /Int32Array of 2/]],
      ['of the wrong dtype, row numbers', { ids: f32(1, 2) }, ShapeError, [/'ids'/, /Int32Array/, /Float32Array of 2/]],
      ['plain numbers', { y: [1, 2] }, ShapeError, [/'y'/, /Float32Array/]],
      ['null', { y: null }, ShapeError, [/'y'/, /null|undefined/]],
      ['that fills no whole row', { x: f32(1, 2, 3) }, ShapeError, [/'x'/, /3 values/]],
      ['of another batch', { x: f32(1, 2, 3, 4, 5, 6) }, ShapeError, [/batch = /, /values/]],
      ['of another batch, with shapes', { x: { data: f32(1, 2), shape: [1, 2] }, y: { data: f32(1, 2), shape: [2] } }, ShapeError, [/batch = 1/, /'y'/, /\[2\]/]],
      ['whose shape its data does not fill', { y: { data: f32(1, 2, 3), shape: [2] } }, ShapeError, [/'y'/, /\[2\] with 3 values/]],
      ['of another rank', { y: { data: f32(1, 2), shape: [2, 1] } }, ShapeError, [/'y'/, /\[2, 1\]/]],
      ['with a negative size', { y: { data: f32(), shape: [-1] } }, ShapeError, [/'y'/]],
      ['without a shape', { y: { data: f32(1, 2) } }, ShapeError, [/'y'/]],
      ['of a table too small', { table: f32(1, 2) }, ShapeError, [/'table'/, /\[3, 2\]/, /2 values/]],
      ['a row below the table', { ids: i32(0, -1) }, DataError, [/'ids'/, /\[0, 3\)/, /-1 at position 1/]],
      ['a row beyond the table', { ids: i32(3, 0) }, DataError, [/'ids'/, /\[0, 3\)/, /3 at position 0/]],
    ]
    test.each(bad)('%s', async (_, change, kind, says) => {
      const executable = await compile(backend, both)
      const error = await failure(executable.run({ ...good, ...change } as Feeds))
      expect(kind.isInstance(error), String(error)).toBe(true)
      for (const part of says) expect(error.message).toMatch(part)
      // A refused feed leaves the executable as it was.
      expect([...(await executable.run(good)).sum.data]).toEqual([11, 12, 23, 24])
      executable.dispose()
    })

    test.each([null, undefined, [f32(1)]])('%s', async (feeds) => {
      const executable = await compile(backend, both)
      expect(ArgumentError.isInstance(await failure(executable.run(feeds as never)))).toBe(true)
      executable.dispose()
    })

    test('bare arrays and shaped ones, of any batch', async () => {
      const executable = await compile(backend, both)
      const shaped = await executable.run({ ...good, x: { data: f32(), shape: [0, 2] }, y: { data: f32(), shape: [0] }, ids: i32() })
      expect(shaped.sum).toEqual({ data: f32(), shape: [0, 2] })
      expect(shaped.rows).toEqual({ data: f32(), shape: [0, 2] })
      const bare = await executable.run({ ...good, x: f32(1, 2), y: f32(5), ids: i32(1, 1, 1) })
      expect(bare.sum).toEqual({ data: f32(6, 7), shape: [1, 2] })
      expect(bare.rows).toEqual({ data: f32(2, 3, 2, 3, 2, 3), shape: [3, 2] })
      executable.dispose()
    })

    test('views into larger buffers, and shared memory', async () => {
      const executable = await compile(backend, both)
      const whole = f32(9, 9, 1, 2, 3, 4, 9)
      const shared = new Float32Array(new SharedArrayBuffer(8))
      shared.set([10, 20])
      const into = new Float32Array(new SharedArrayBuffer(16))
      const got = await executable.run({ ...good, x: whole.subarray(2, 6), y: shared }, { sum: into })
      expect([...got.sum.data]).toEqual([11, 12, 23, 24])
      expect([...into]).toEqual([11, 12, 23, 24])
      executable.dispose()
    })

    test('row numbers computed in the graph are held to the table too', async () => {
      const computed = ops.cast(input('at', ['n']), 'int32')
      const executable = await compile(backend, { rows: ops.gather(table, computed) })
      const adding = await compile(backend, { rows: ops.segmentSum(input('values', ['n', 2]), computed, 3) })
      for (const at of [-1, 3]) {
        expect(DataError.isInstance(await failure(executable.run({ table: f32(0, 1, 2, 3, 4, 5), at: f32(at) })))).toBe(true)
        expect(DataError.isInstance(await failure(adding.run({ values: f32(0, 1), at: f32(at) })))).toBe(true)
      }
      expect([...(await executable.run({ table: f32(0, 1, 2, 3, 4, 5), at: f32(2) })).rows.data]).toEqual([4, 5])
      executable.dispose()
      adding.dispose()
    })

    test('a named size that no input settles is refused when compiling', async () => {
      const error = await failure(compile(backend, { y: ops.broadcastTo(y, ['nowhere', 'batch']) }))
      expect(ShapeError.isInstance(error)).toBe(true)
      expect(error.message).toMatch(/'nowhere'/)
    })

    test('feeds are left as they were', async () => {
      const executable = await compile(backend, { a: ops.relu(ops.negate(x)), b: x, d: ops.add(x, 1) })
      const fed = f32(1, -2, 3, -4)
      const { b } = await executable.run({ x: fed })
      expect([...fed]).toEqual([1, -2, 3, -4])
      b.data[0] = 99
      expect(fed[0]).toBe(1)
      executable.dispose()
    })
  })

  describe('outputs', () => {
    test('may be inputs, constants, and one value under several names', async () => {
      const doubled = ops.multiply(x, 2)
      const over = ops.greater(x, 2)
      const executable = await compile(backend, {
        x, same: x, stopped: ops.stopGradient(x), pi: ops.constant([3, 4]), ids, doubled, twice: doubled, over, again: over, chosen: ops.where(over, x, 0), next: ops.add(doubled, over),
      })
      const out = await executable.run({ x: f32(1, 2, 3, 4), ids: i32(7, 8) })
      const got = Object.fromEntries(Object.entries(out).map(([name, { data, shape }]) => [name, [...data, 'of', ...shape]]))
      expect(got).toEqual({
        x: [1, 2, 3, 4, 'of', 2, 2], same: [1, 2, 3, 4, 'of', 2, 2], stopped: [1, 2, 3, 4, 'of', 2, 2], pi: [3, 4, 'of', 2], ids: [7, 8, 'of', 2],
        doubled: [2, 4, 6, 8, 'of', 2, 2], twice: [2, 4, 6, 8, 'of', 2, 2], over: [0, 0, 1, 1, 'of', 2, 2], again: [0, 0, 1, 1, 'of', 2, 2],
        chosen: [0, 0, 3, 4, 'of', 2, 2], next: [2, 4, 7, 9, 'of', 2, 2],
      })
      expect(out.ids.data).toBeInstanceOf(Int32Array)
      expect(out.x.data).not.toBe(out.same.data)
      expect(out.doubled.data).not.toBe(out.twice.data)
      executable.dispose()
    })

    test('come without inputs too', async () => {
      const executable = await compile(backend, { y: ops.exp(ops.constant([0, 1])), z: ops.constant(2) })
      const { y, z } = await executable.run({})
      expect(y.data[1]).toBeCloseTo(Math.E, 5)
      expect(z).toEqual({ data: f32(2), shape: [] })
      expect(ShapeError.isInstance(await failure(executable.run({ x: f32(1) })))).toBe(true)
      executable.dispose()
    })

    test('and inputs may have any name', async () => {
      const names = ['__proto__', 'constructor', 'toString', '', 'a b', 'ключ', 'input0', 'output0', 'value0', '0']
      const inputs = names.map((name) => input(name || 'empty', ['batch']))
      const executable = await compile(backend, new Map(names.map((name, i) => [name, ops.multiply(inputs[i], i)])))
      const out = await executable.run(Object.fromEntries(names.map((name, i) => [name || 'empty', f32(i)])))
      expect(Object.keys(out).sort()).toEqual([...names].sort())
      names.forEach((name, i) => expect(Object.getOwnPropertyDescriptor(out, name)?.value.data).toEqual(f32(i * i)))
      executable.dispose()
    })

    test('and axes may have any name', async () => {
      const names = ['3', '[3]', 'integers 3', 'a,b', '__proto__', '-1']
      const wide = input('wide', names)
      const executable = await compile(backend, {
        turned: ops.reshape(wide, names.toReversed()), spread: ops.broadcastTo(ops.reduceSum(wide), names), fixed: ops.reduceSum(ops.broadcastTo(wide, [3, ...names]), { axes: 0 }),
      })
      const sizes = [1, 2, 1, 3, 1, 2]
      const { turned, spread, fixed } = await executable.run({ wide: { data: new Float32Array(12).fill(1), shape: sizes } })
      expect(turned).toEqual({ data: new Float32Array(12).fill(1), shape: sizes.toReversed() })
      expect(spread).toEqual({ data: new Float32Array(12).fill(12), shape: sizes })
      expect(fixed).toEqual({ data: new Float32Array(12).fill(3), shape: sizes })
      executable.dispose()
    })

    test('of one run are untouched by the next', async () => {
      const executable = await compile(backend, { y: ops.exp(x), s: ops.reduceSum(x) })
      const first = await executable.run({ x: f32(0, 0) })
      await executable.run({ x: f32(1, 1) })
      expect([...first.y.data, ...first.s.data]).toEqual([1, 1, 0])
      executable.dispose()
    })

    const buffers: readonly (readonly [title: string, into: Readonly<Record<string, unknown>>, says: RegExp])[] = [
      ['too short', { y: f32(1) }, /'y'.*Float32Array.*\[2, 2\].*Float32Array of 1/],
      ['too long', { y: new Float32Array(5) }, /'y'.*Float32Array of 5/],
      ['of another kind', { y: new Int32Array(4) }, /'y'.*Float32Array.*Int32Array of 4/],
      ['plain numbers', { y: [1, 2, 3, 4] }, /'y'.*Float32Array.*an array of 4/],
      ['null', { y: null }, /'y'.*Float32Array.*null/],
    ]
    test.each(buffers)('refuse what is %s', async (_, into, says) => {
      const executable = await compile(backend, { y: ops.exp(x) })
      const error = await failure(executable.run({ x: f32(1, 2, 3, 4) }, into as OutputBuffers))
      expect(ShapeError.isInstance(error)).toBe(true)
      expect(error.message).toMatch(says)
      executable.dispose()
    })

    test('are written into the arrays given for them, the others into new ones', async () => {
      const executable = await compile(backend, { y: ops.multiply(x, 2), z: ops.add(x, 1), ids })
      const into = { y: f32(9, 9, 9, 9), ids: i32(0, 0) }
      for (const value of [1, 2]) {
        const out = await executable.run({ x: f32(value, 0, 0, value), ids: i32(5, value) }, into)
        expect(out.y.data).toBe(into.y)
        expect(out.ids.data).toBe(into.ids)
        expect([...into.y]).toEqual([2 * value, 0, 0, 2 * value])
        expect([...into.ids]).toEqual([5, value])
        expect([...out.z.data]).toEqual([value + 1, 1, 1, value + 1])
      }
      executable.dispose()
    })

    test('may be written over the feeds they come from', async () => {
      const w = input('w', [2, 2])
      const executable = await compile(backend, { next: ops.matmul(w, w), other: ops.transpose(w), echo: w })
      const memory = f32(1, 2, 3, 4)
      const out = await executable.run({ w: memory }, { next: memory })
      expect(out.next.data).toBe(memory)
      expect([...memory]).toEqual([7, 10, 15, 22])
      expect([...out.other.data]).toEqual([1, 3, 2, 4])
      expect([...out.echo.data]).toEqual([1, 2, 3, 4])
      executable.dispose()
    })

    test('may be neighbours in one buffer', async () => {
      const executable = await compile(backend, { a: ops.add(x, 1), b: ops.multiply(x, 2) })
      const buffer = new Float32Array(8)
      await executable.run({ x: f32(1, 2, 3, 4) }, { a: buffer.subarray(0, 4), b: buffer.subarray(4) })
      expect([...buffer]).toEqual([2, 3, 4, 5, 2, 4, 6, 8])
      executable.dispose()
    })
  })

  describe('runs', () => {
    test('at the same time do not meet', async () => {
      const hidden = ops.relu(ops.matmul(x, input('w', [2, 16])))
      const executable = await compile(backend, { y: ops.reduceSum(hidden, { axes: 1 }) })
      const w = new Float32Array(32).fill(1)
      const results = await Promise.all(Array.from({ length: 40 }, (_, i) => executable.run({ x: new Float32Array(2 * (i % 5)).fill(i), w })))
      results.forEach(({ y }, i) => expect(y).toEqual({ data: new Float32Array(i % 5).fill(32 * i), shape: [i % 5] }))
      executable.dispose()
    })

    test('of several executables do not meet', async () => {
      const executables = await Promise.all([1, 2, 3].map((k) => compile(backend, { y: ops.multiply(x, k) })))
      const out = await Promise.all(executables.map((executable) => executable.run({ x: f32(1, 2) })))
      expect(out.map(({ y }) => [...y.data])).toEqual([[1, 2], [2, 4], [3, 6]])
      executables.forEach((executable) => executable.dispose())
    })

    test('after dispose fail; disposing again does not', async () => {
      const executable = await compile(backend, { y: ops.exp(x) })
      await executable.run({ x: f32(1, 2) })
      executable.dispose()
      executable.dispose()
      const error = await failure(executable.run({ x: f32(1, 2) }))
      expect(BackendError.isInstance(error)).toBe(true)
      expect(error.message).toMatch(/disposed/)
    })

    test('under way when disposed still end', async () => {
      const executable = await compile(backend, { y: ops.multiply(x, 2) })
      const running = [executable.run({ x: f32(1, 2) }), executable.run({ x: f32(3, 4) })]
      executable.dispose()
      executable.dispose()
      expect((await Promise.all(running)).map(({ y }) => [...y.data])).toEqual([[2, 4], [6, 8]])
      expect(BackendError.isInstance(await failure(executable.run({ x: f32(1, 2) })))).toBe(true)
    })

    test('disposed without a run', async () => {
      (await compile(backend, { y: ops.exp(x) })).dispose()
    })

    test('give the same bits again', async () => {
      const model = ops.softmax(ops.matmul(ops.tanh(ops.matmul(input('a', ['batch', 64]), input('w', [64, 96]))), input('v', [96, 8])))
      const executable = await compile(backend, { y: model, s: ops.reduceSum(model, { axes: 0 }) })
      const ramp = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i))
      const feeds = { a: ramp(64 * 300), w: ramp(64 * 96), v: ramp(96 * 8) }
      const [first, second] = [await executable.run(feeds), await executable.run(feeds)]
      expect(second).toEqual(first)
      executable.dispose()
    })

    test('sum many rows into one without losing any', async () => {
      const values = input('values', ['n', 16])
      const executable = await compile(backend, { y: ops.segmentSum(values, ids, 3) })
      const n = 20_000
      const { y } = await executable.run({ values: new Float32Array(n * 16).fill(1), ids: new Int32Array(n).map((_, i) => i % 2) })
      expect([...y.data]).toEqual([...Array(32).fill(n / 2), ...Array(16).fill(0)])
      executable.dispose()
    })
  })
})
