import { describe, expect, test } from 'vitest'
import { loadBackend, type Backend } from 'feedrank/backends'
import { add, constant, gather, input, matmul, multiply, program, reduceSum, relu, reshape } from 'feedrank/tensor'
import { ArgumentError, BackendError, DataError } from '../../../src/errors'
import { seededRandom } from '../../../src/random'

const failure = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  return expect.fail('expected it to fail')
}
const numbers = (seed: number, length: number) => {
  const random = seededRandom(seed)
  return Float32Array.from({ length }, () => random.normal())
}
const wasm = async (options: { readonly threads?: number; readonly memoryLimit?: number } = {}): Promise<Required<Backend>> => {
  const backend = await loadBackend('wasm', options)
  return { ...backend, allocate: backend.allocate! }
}

describe.each([1, 2])('arrays in wasm memory, with %i threads,', (threads) => {
  const dense = () => {
    const x = input('x', ['n', 64])
    return program({ y: relu(add(matmul(x, input('w', [64, 48])), input('b', [48]))), same: reshape(x, ['n', 8, 8]) })
  }

  test('are fed with the results of feeds that are copied, wherever they lie', async () => {
    const backend = await wasm({ threads })
    const executable = await backend.compile(dense())
    const arrays = [0, 1].map(() => ({ x: backend.allocate([37, 64]), w: backend.allocate([64, 48]) }))
    for (let run = 0; run < 6; run++) {
      const feeds = { x: numbers(run, 37 * 64), w: numbers(100 + run, 64 * 48), b: numbers(200 + run, 48) }
      const copied = await executable.run({ ...feeds, x: { data: feeds.x, shape: [37, 64] } })
      const { x, w } = arrays[run % 2]
      x.data.set(feeds.x)
      w.data.set(feeds.w)
      const lying = await executable.run({ x, w: run < 3 ? w : feeds.w, b: feeds.b })
      expect(lying).toEqual(copied)
      expect(lying.same.shape).toEqual([37, 8, 8])
    }
    executable.dispose()
  })

  test('stay what they are while programs run and memory grows', async () => {
    const backend = await wasm({ threads })
    const kept = backend.allocate([1000])
    kept.data.set(numbers(1, 1000))
    const x = input('x', ['n'])
    const executable = await backend.compile(program({ y: multiply(add(x, 1), 2) }))
    for (const n of [1000, 200_000, 1_000_000]) {
      await executable.run({ x: new Float32Array(n) })
      const { y } = await executable.run({ x: kept })
      expect(y.data).toEqual(numbers(1, 1000).map((v) => (v + 1) * 2))
    }
    expect(kept.data).toEqual(numbers(1, 1000))
    executable.dispose()

    // Also where it is the run itself that makes memory grow, with a program whose plan is new.
    const sums = await backend.compile(program({ y: reduceSum(input('rows', ['n', 1000]), { axes: 0 }) }))
    for (const n of [4000, 8000, 16_000]) {
      await sums.run({ rows: new Float32Array(n * 1000).fill(1) }, { y: kept.data })
      expect(kept.data).toEqual(new Float32Array(1000).fill(n))
    }
    sums.dispose()
  })
})

describe('an array in wasm memory', () => {
  test('is zeros at first, also where another one was', async () => {
    const { allocate } = await wasm()
    const first = allocate([100])
    first.data.fill(7)
    first.free()
    first.free()
    const second = allocate([4, 25])
    expect(second.data).toEqual(new Float32Array(100))
    expect(second.shape).toEqual([4, 25])
    expect(allocate([3], 'int32').data).toEqual(new Int32Array(3))
    expect(allocate([0, 3]).data).toHaveLength(0)
  })

  test('serves as a table and as row numbers, which are checked where they lie', async () => {
    const { allocate, compile } = await wasm()
    const executable = await compile(program({ y: gather(input('table', ['rows', 2]), input('ids', ['n'], { dtype: 'int32' })) }))
    const table = allocate([3, 2])
    const ids = allocate([2], 'int32')
    table.data.set([1, 2, 3, 4, 5, 6])
    ids.data.set([2, 0])
    expect((await executable.run({ table, ids })).y.data).toEqual(Float32Array.of(5, 6, 1, 2))
    ids.data.set([2, 3])
    await expect(executable.run({ table, ids })).rejects.toSatisfy((error) => DataError.isInstance(error))
    executable.dispose()
  })

  test('may be a part of one, and may be written over by what is made of it', async () => {
    const { allocate, compile } = await wasm()
    const executable = await compile(program({ y: multiply(input('x', ['n']), 3) }))
    const all = allocate([10])
    all.data.set(Array.from({ length: 10 }, (_, i) => i))
    const { data } = all
    await executable.run({ x: data.subarray(2, 6) }, { y: data.subarray(4, 8) })
    expect([...all.data]).toEqual([0, 1, 2, 3, 6, 9, 12, 15, 8, 9])
    executable.dispose()
  })

  test('is fed to other backends too', async () => {
    const { allocate } = await wasm()
    const x = allocate([2])
    x.data.set([1, 2])
    const executable = await (await loadBackend('javascript')).compile(program({ y: multiply(input('x', ['n']), 3) }))
    expect((await executable.run({ x })).y.data).toEqual(Float32Array.of(3, 6))
  })

  test('of wrong sizes, of another dtype, freed or too large is refused', async () => {
    const { allocate } = await wasm({ memoryLimit: 2 ** 22 })
    for (const shape of [3, [1.5], [-1], ['n'], undefined]) expect(ArgumentError.isInstance(failure(() => allocate(shape as number[])))).toBe(true)
    expect(String(failure(() => allocate([1], 'float64' as 'float32')))).toMatch(/dtype/)
    const freed = allocate([1])
    freed.free()
    expect(String(failure(() => freed.data))).toMatch(/freed/)
    const half = allocate([2 ** 19])
    expect(BackendError.isInstance(failure(() => allocate([1])))).toBe(true)
    half.free()
    expect(allocate([2 ** 19]).data).toHaveLength(2 ** 19)
  })
})

test('constants are in memory once, whatever sizes a program is run with', async () => {
  const { allocate, compile } = await wasm({ memoryLimit: 2 ** 23 })
  const weights = numbers(5, 1024 * 512)
  // Two megabytes of weights, five sizes and eight megabytes of memory: a copy for each size would not fit.
  const executable = await compile(program({ y: matmul(input('x', ['n', 1024]), constant(weights, [1024, 512])) }))
  const x = allocate([8, 1024])
  x.data.set(numbers(6, 8 * 1024))
  const whole = (await executable.run({ x })).y.data
  for (const n of [1, 2, 3, 5, 7]) {
    const { y } = await executable.run({ x: { data: x.data.subarray(0, n * 1024), shape: [n, 1024] } })
    expect(y.data).toEqual(whole.subarray(0, n * 512))
  }
  executable.dispose()
  const room = allocate([2 ** 19])
  expect(room.data).toHaveLength(2 ** 19)
})

test('a constant may be read in several shapes, turned, and as it is', async () => {
  const { compile } = await wasm()
  const values = numbers(7, 24 * 36)
  const w = constant(values, [24 * 36])
  const x = (k: number) => input(`x${k}`, ['n', k])
  const shapes = [[24, 36], [36, 24], [12, 72], [72, 12]] as const
  const outputs = shapes.flatMap(([k, n]) => [false, true].map((transposeB) => [
    `${k} ${n} ${transposeB}`, matmul(x(k), reshape(w, transposeB ? [n, k] : [k, n]), { transposeB }),
  ] as const))
  const fed = (k: number) => numbers(k, 9 * k)
  const feeds = Object.fromEntries([12, 24, 36, 72].map((k) => [`x${k}`, fed(k)]))
  const got = await (await compile(program({ ...Object.fromEntries(outputs), sum: add(w, 1) }))).run(feeds)
  for (const [k, n] of shapes)
    for (const transposeB of [false, true]) {
      const want = Array.from({ length: 9 * n }, (_, at) => {
        let sum = 0
        for (let p = 0; p < k; p++) sum += fed(k)[Math.floor(at / n) * k + p] * values[transposeB ? (at % n) * k + p : p * n + (at % n)]
        return sum
      })
      const { data } = got[`${k} ${n} ${transposeB}`]
      expect(Math.max(...want.map((value, i) => Math.abs(value - data[i])))).toBeLessThan(1e-4)
    }
  expect(got['sum'].data).toEqual(values.map((v) => v + 1))
})

test('constants for which there was no room are written when there is', async () => {
  const { allocate, compile } = await wasm({ memoryLimit: 2 ** 22 })
  const values = numbers(8, 512 * 512)
  const executable = await compile(program({ y: matmul(input('x', ['n', 512]), constant(values, [512, 512])) }))
  const held = [allocate([2 ** 18]), allocate([2 ** 18])]
  const x = numbers(9, 8 * 512)
  // Room for the panels of a megabyte, and none for what they are made of.
  for (let i = 0; i < 3; i++) await expect(executable.run({ x })).rejects.toMatchObject({ code: 'backend' })
  held.forEach(({ free }) => free())
  const { y } = await executable.run({ x })
  let first = 0
  for (let p = 0; p < 512; p++) first += x[p] * values[p * 512]
  expect(Math.abs(y.data[0] - first)).toBeLessThan(1e-3)
  executable.dispose()
})
