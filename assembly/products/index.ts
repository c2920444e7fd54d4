/*
 * Products of matrices, as a module of their own beside the kernels, whose memory they share: compiled once for any host
 * with SIMD and once for those with relaxed SIMD, of which src/backends/wasm takes the one that the host knows.
 */
export { matmul, matmulScratch, packRight, packedBytes, readsInPlace } from './matmul'
export { tileRows } from './tile'
