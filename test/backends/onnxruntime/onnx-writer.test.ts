import { expect, test } from 'vitest'
import { writeOnnx } from '../../../src/backends/onnxruntime/onnx-writer'

const node = (operator: string, inputs: readonly string[], outputs: readonly string[], attributes = {}) => ({ operator, inputs, outputs, attributes })

test('a model is written byte for byte as the onnx package writes it', () => {
  const bytes = writeOnnx({
    nodes: [
      node('Transpose', ['x'], ['t'], { perm: [1, 0] }),
      node('Gemm', ['t', 'w', 'c'], ['p'], { transB: 1 }),
      node('ScatterElements', ['p', 'rows', 'p'], ['y'], { axis: -1, reduction: 'add' }),
    ],
    constants: [
      // A view in the middle of a buffer: only its own bytes belong to the model.
      { name: 'w', shape: [2, 2], data: Float32Array.of(9, 1.5, -2, NaN, Infinity, 9).subarray(1, 5) },
      { name: 'c', shape: [], data: Int32Array.of(7) },
      { name: 'n', shape: [2], data: BigInt64Array.of(-1n, 2n ** 40n) },
    ],
    inputs: [{ name: 'x', type: 'float32', shape: ['batch', 300] }, { name: 'rows', type: 'int32', shape: [] }],
    outputs: [{ name: 'y', type: 'float32', shape: [300, 'größe'] }],
  })
  // onnx 1.23.1 (Python): the same graph by onnx.helper, node names cleared, SerializeToString(deterministic=True).
  expect(Buffer.from(bytes).toString('hex')).toBe(
    '080812086665656472616e6b3aa9020a200a017812017422095472616e73706f73652a0d0a047065726d40014000a001070a210a01740a01770a' +
    '0163120170220447656d6d2a0d0a067472616e73421801a001020a4b0a01700a04726f77730a0170120179220f53636174746572456c656d656e74' +
    '732a140a046178697318ffffffffffffffffff01a001022a130a09726564756374696f6e2203616464a0010312086665656472616e6b2a1b080208' +
    '0210014201774a100000c03f000000c00000c07f0000807f2a0b10064201634a04070000002a190802100742016e4a10ffffffffffffffff000000' +
    '00000100005a190a017812140a120801120e0a07120562617463680a0308ac025a0e0a04726f777312060a0408061200621b0a017912160a140801' +
    '12100a0308ac020a0912076772c3b6c39f6542040a001012',
  )
})
