import { describe, expect, test } from 'vitest'
import * as ops from 'feedrank/tensor'
import { input, type Shape, type Tensor } from 'feedrank/tensor'
import { ArgumentError, ShapeError } from '../../src/errors'

const x = (...shape: Shape) => input('x', shape)
const y = (...shape: Shape) => input('y', shape)
const ids = (...shape: Shape) => input('ids', shape, { dtype: 'int32' })

describe('what an operation gives', () => {
  const shapes: readonly (readonly [title: string, tensor: Tensor, shape: Shape])[] = [
    ['a sum stretches', ops.add(x('batch', 1), y(3)), ['batch', 3]],
    ['a choice stretches all three', ops.where(x('batch', 1), y(3), input('z', [2, 1, 1])), [2, 'batch', 3]],
    ['a product', ops.matmul(x('batch', 3), y(3, 2)), ['batch', 2]],
    ['a transposed product', ops.matmul(x(3, 'batch'), y(2, 3), { transposeA: true, transposeB: true }), ['batch', 2]],
    ['a sum over the last axis', ops.reduceSum(x('batch', 3), { axes: -1 }), ['batch']],
    ['a sum over all, kept', ops.reduceSum(x('batch', 3), { keepDims: true }), [1, 1]],
    ['a sum over axes given backwards', ops.reduceSum(x(2, 'batch', 3), { axes: [-1, 0] }), ['batch']],
    ['rows of a table', ops.gather(x(5, 2), ids('batch', 4)), ['batch', 4, 2]],
    ['rows added up', ops.segmentSum(x('batch', 4, 2), ids('batch', 4), 'rows'), ['rows', 2]],
    ['columns side by side', ops.concat([x('batch', 2), y('batch', 3)]), ['batch', 5]],
    ['a reshape with the batch moved', ops.reshape(x('batch', 6), [2, 'batch', 3]), [2, 'batch', 3]],
    ['a transpose of the last two', ops.transpose(x('batch', 2, 3)), ['batch', 3, 2]],
    ['a slice', ops.slice(x('batch', 5), -1, 1, 3), ['batch', 2]],
    ['a padded axis', ops.pad(x('batch', 5), 1, 1, 2), ['batch', 8]],
    ['the size of a batch', ops.size(x('batch', 3), 0), []],
    ['moments', ops.moments(x('batch', 3), 0).variance, [1, 3]],
    ['a normalised row', ops.l2Normalize(x('batch', 3)), ['batch', 3]],
  ]
  test.each(shapes)('%s', (_, tensor, shape) => expect(tensor.shape).toEqual(shape))
})

describe('shapes that do not fit are refused where the graph is built, by operation and both shapes', () => {
  const bad: readonly (readonly [title: string, build: () => unknown, says: readonly (string | RegExp)[]])[] = [
    ['sizes', () => ops.add(x('batch', 3), y('batch', 4)), ['feedrank/add', '[batch, 3]', '[batch, 4]', 'axis 1']],
    ['a name and a number', () => ops.multiply(x('batch', 3), y(7, 3)), ['feedrank/multiply', '[batch, 3]', '[7, 3]']],
    ['two names', () => ops.greater(x('batch'), y('items')), ['feedrank/greater', '[batch]', '[items]']],
    ['a condition', () => ops.where(x(2), y(3), 0), ['feedrank/where', '[2]', '[3]']],
    ['inner sizes', () => ops.matmul(x('batch', 3), y(4, 2)), ['feedrank/matmul', '[batch, 3]', '[4, 2]']],
    ['inner sizes, transposed', () => ops.matmul(x('batch', 3), y(3, 2), { transposeB: true }), ['feedrank/matmul', '[batch, 3]', '[3, 2]ᵀ']],
    ['ranks of a product', () => ops.matmul(x('batch', 2, 3), y(3, 2)), ['feedrank/matmul', '[batch, 2, 3]', '[3, 2]']],
    ['leading axes of a product', () => ops.matmul(x(2, 'batch', 3), y(4, 3, 2)), ['feedrank/matmul', '[2, batch, 3]', '[4, 3, 2]']],
    ['a product of vectors', () => ops.matmul(x(3), y(3)), ['feedrank/matmul', '[3]']],
    ['elements of a reshape', () => ops.reshape(x('batch', 6), ['batch', 5]), ['feedrank/reshape', '[batch, 6]', '[batch, 5]']],
    ['names of a reshape', () => ops.reshape(x('batch', 6), ['items', 6]), ['feedrank/reshape', '[batch, 6]', '[items, 6]']],
    ['a stretch', () => ops.broadcastTo(x(2, 3), [2, 4]), ['feedrank/broadcastTo', '[2, 3]', '[2, 4]']],
    ['a stretch to fewer axes', () => ops.broadcastTo(x(2, 3), [3]), ['feedrank/broadcastTo', '[2, 3]', '[3]']],
    ['parts of a concat', () => ops.concat([x('batch', 2), y('items', 2)]), ['feedrank/concat', '[batch, 2]', '[items, 2]']],
    ['a concat along a named axis', () => ops.concat([x('batch', 2), y('batch', 2)], 0), ['feedrank/concat', '[batch, 2]', 'axis 0']],
    ['a slice beyond the end', () => ops.slice(x('batch', 3), 1, 1, 4), ['feedrank/slice', '[batch, 3]', '1 to 4']],
    ['an empty slice', () => ops.slice(x('batch', 3), 1, 1, 1), ['feedrank/slice', '1 to 1']],
    ['a slice of a named axis', () => ops.slice(x('batch', 3), 0, 0, 1), ['feedrank/slice', 'axis 0']],
    ['a padded named axis', () => ops.pad(x('batch', 3), 0, 0, 1), ['feedrank/pad', '[batch, 3]']],
    ['an axis that is not there', () => ops.reduceSum(x('batch', 3), { axes: 2 }), ['feedrank/reduceSum', '[batch, 3]', 'got 2']],
    ['a fraction of an axis', () => ops.reduceMax(x('batch', 3), { axes: 0.5 }), ['feedrank/reduceMax', 'got 0.5']],
    ['an axis twice', () => ops.reduceMean(x('batch', 3), { axes: [1, -1] }), ['feedrank/reduceMean', '[1, -1]']],
    ['no permutation', () => ops.transpose(x('batch', 3), [0]), ['feedrank/transpose', '[batch, 3]', '[0]']],
    ['a permutation with a repeat', () => ops.transpose(x('batch', 3), [0, 0]), ['feedrank/transpose', '[0, 0]']],
    ['a transposed vector', () => ops.transpose(x(3)), ['feedrank/transpose', '[3]']],
    ['rows by float32', () => ops.gather(x(5, 2), y('batch')), ['feedrank/gather', 'int32', 'float32 [batch]']],
    ['a table without axes', () => ops.gather(x(), ids('batch')), ['feedrank/gather', 'scalar']],
    ['values that do not begin like their rows', () => ops.segmentSum(x('batch', 2), ids('items'), 3), ['feedrank/segmentSum', '[batch, 2]', '[items]']],
    ['a softmax of a number', () => ops.softmax(x()), ['feedrank/softmax', 'scalar']],
    ['statistics of another shape', () => ops.standardize(x('batch', 3), y(3), y(1, 3), 0), ['feedrank/standardize', '[1, 3]', '[batch, 3]', '[3]']],
    ['int32 where float32 is due', () => ops.add(ids('batch'), 1), ['feedrank/add', 'float32', 'int32 [batch]']],
    ['a comparison of two dtypes', () => ops.equal(ids('batch'), 1), ['feedrank/equal', 'int32 and float32']],
    ['a size of 0', () => x('batch', 0), ['feedrank/input', '[batch, 0]']],
    ['a fractional size', () => x(1.5), ['feedrank/input', '1.5']],
    ['a name without letters', () => x(''), ['feedrank/input']],
    ['a shape that is a word', () => input('x', 'batch' as unknown as Shape), ['feedrank/input', '"batch"']],
    ['too few numbers', () => ops.constant([1, 2, 3], [2, 2]), ['feedrank/constant', '[2, 2]', '3 numbers']],
    ['the gradient of a vector', () => ops.gradients(x('batch'), []), ['feedrank/gradients', '[batch]']],
  ]
  test.each(bad)('%s', (_, build, says) => {
    let error: unknown
    try {
      build()
    } catch (caught) {
      error = caught
    }
    expect(ShapeError.isInstance(error), String(error)).toBe(true)
    for (const part of says) expect(String(error)).toContain(part)
  })
})

describe('arguments that are no tensors or no numbers', () => {
  const bad: readonly (readonly [title: string, build: () => unknown, says: RegExp])[] = [
    ['undefined for a tensor', () => ops.add(x(3), undefined as unknown as Tensor), /feedrank\/add.*tensor.*undefined/],
    ['a number for a tensor', () => ops.reduceSum(3 as unknown as Tensor), /feedrank\/reduceSum.*tensor.*3/],
    ['an array for a tensor', () => ops.matmul([1] as unknown as Tensor, x(3, 3)), /feedrank\/matmul.*an array of 1/],
    ['a string for a tensor', () => ops.relu('x' as unknown as Tensor), /feedrank\/relu.*"x"/],
    ['no name', () => input('', [3]), /feedrank\/input.*`name`/],
    ['an unknown dtype', () => input('x', [3], { dtype: 'float64' as 'float32' }), /`dtype`.*float32, int32.*"float64"/],
    ['an unknown rate', () => input('x', [3], { rate: 'daily' as 'pair' }), /`rate`.*"daily"/],
    ['a cast to nothing known', () => ops.cast(x(3), 'bool' as 'int32'), /feedrank\/cast.*"bool"/],
    ['no tensors to join', () => ops.concat([]), /feedrank\/concat.*at least one/],
    ['fractions as int32', () => ops.constant([1, 1.5], [2], 'int32'), /feedrank\/constant.*32-bit integers.*1\.5/],
    ['integers beyond int32', () => ops.constant([2 ** 31], [1], 'int32'), /feedrank\/constant.*2147483648/],
    ['NaN as int32', () => ops.constant([NaN], [1], 'int32'), /feedrank\/constant.*NaN/],
    ['words as constants', () => ops.constant(['1'] as unknown as number[]), /feedrank\/constant.*"1"/],
    ['a flag that is a number', () => ops.matmul(x(3, 3), y(3, 3), { transposeA: 1 as unknown as boolean }), /feedrank\/matmul.*`transposeA`.*true or false.*1/],
    ['a negative padding', () => ops.pad(x(3), 0, -1, 2), /feedrank\/pad.*`before`.*-1/],
    ['a program of nothing', () => ops.program({}), /feedrank\/program.*at least one/],
    ['a program of something else', () => ops.program({ y: 3 as unknown as Tensor }), /feedrank\/program.*tensor.*3/],
  ]
  test.each(bad)('%s', (_, build, says) => {
    expect(build).toThrow(says)
    try {
      build()
    } catch (error) {
      expect(ArgumentError.isInstance(error)).toBe(true)
    }
  })
})

test('what changes nothing makes no node', () => {
  const t = x('batch', 3)
  expect(ops.reshape(t, ['batch', 3])).toBe(t)
  expect(ops.broadcastTo(t, ['batch', 3])).toBe(t)
  expect(ops.slice(t, 1, 0, 3)).toBe(t)
  expect(ops.pad(t, 1, 0, 0)).toBe(t)
  expect(ops.concat([t])).toBe(t)
  expect(ops.cast(t, 'float32')).toBe(t)
})
