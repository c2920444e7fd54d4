import { describe, expect, it } from 'vitest'
import { adam, adamW, createSlots, sgd } from '../../src/optimizers'
import { seededRandom } from '../../src/random'

const optimizers = [sgd(), sgd({ momentum: 0.9 }), adam(), adamW()]

describe.each(optimizers.map((optimizer) => [optimizer.name, optimizer.slots, optimizer] as const))('%s with %i slots', (_, __, optimizer) => {
  it('finds the bottom of a bowl from many starts', () => {
    for (let seed = 0; seed < 10; seed++) {
      const random = seededRandom(seed)
      const bottom = Float32Array.from({ length: 5 }, () => random.normal())
      const weights = Float32Array.from({ length: 5 }, () => random.normal())
      const slots = createSlots(optimizer, 5)
      for (let step = 1; step <= 600; step++) {
        const gradient = weights.map((w, i) => w - bottom[i])
        optimizer.update(weights, gradient, slots, step, 0.05)
      }
      // adamW's decay of 0.01 pulls its resting point a little towards zero.
      weights.forEach((w, i) => expect(Math.abs(w - bottom[i])).toBeLessThan(0.05))
    }
  })

  it('leaves its gradient as it was, and nothing moves at rate 0', () => {
    const random = seededRandom('still')
    const weights = Float32Array.from({ length: 9 }, () => random.normal())
    const gradient = Float32Array.from({ length: 9 }, () => random.normal())
    const [weightsBefore, gradientBefore] = [weights.slice(), gradient.slice()]
    optimizer.update(weights, gradient, createSlots(optimizer, 9), 1, 0)
    expect(weights).toEqual(weightsBefore)
    expect(gradient).toEqual(gradientBefore)
  })

  it('treats every weight alone: a permutation of the weights permutes the result', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = seededRandom(seed)
      const order = random.shuffle([0, 1, 2, 3, 4, 5])
      const weights = Float32Array.from(order, () => random.normal())
      const permuted = Float32Array.from(order, (i) => weights[i])
      const slots = createSlots(optimizer, 6)
      const permutedSlots = createSlots(optimizer, 6)
      for (let step = 1; step <= 4; step++) {
        const gradient = Float32Array.from(order, () => random.normal())
        optimizer.update(weights, gradient, slots, step, 0.1)
        optimizer.update(permuted, Float32Array.from(order, (i) => gradient[i]), permutedSlots, step, 0.1)
      }
      expect(permuted).toEqual(Float32Array.from(order, (i) => weights[i]))
    }
  })

  it('refuses arguments that do not fit', () => {
    const update = (gradient: number, slots: Float32Array[], step: number, rate: number) => () =>
      optimizer.update(new Float32Array(4), new Float32Array(gradient), slots, step, rate)
    const slots = createSlots(optimizer, 4)
    expect(update(3, slots, 1, 0.1)).toThrow(`feedrank/${optimizer.name}: expected a gradient of 4 values like the weights, got 3`)
    expect(update(4, [...slots, new Float32Array(4)], 1, 0.1)).toThrow('`slots`')
    if (optimizer.slots > 0) expect(update(4, createSlots(optimizer, 5), 1, 0.1)).toThrow('expected slots of 4 values like the weights, got 5')
    expect(update(4, slots, 0, 0.1)).toThrow('expected `step` to be a positive integer, got 0')
    expect(update(4, slots, 1, Number.NaN)).toThrow('`learningRate`')
    expect(update(4, slots, 1, -1)).toThrow('`learningRate`')
  })
})

it('adam moves by the learning rate at its first step, whatever the size of the gradient', () => {
  for (const size of [1e-3, 1, 1e6]) {
    const weights = Float32Array.of(0)
    adam().update(weights, Float32Array.of(size), createSlots(adam(), 1), 1, 0.1)
    expect(weights[0]).toBeCloseTo(-0.1, 4)
  }
})

it('refuses constants outside their range', () => {
  expect(() => sgd({ momentum: 1 })).toThrow('expected `momentum` to be a finite number >= 0 and < 1, got 1')
  expect(() => adam({ beta1: -0.1 })).toThrow('`beta1`')
  expect(() => adam({ beta2: 1 })).toThrow('`beta2`')
  expect(() => adam({ epsilon: 0 })).toThrow('`epsilon`')
  expect(() => adamW({ weightDecay: Number.NaN })).toThrow('feedrank/adamW: expected `weightDecay`')
})
