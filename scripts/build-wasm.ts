/** Compiles `assembly/` and writes it into `src/backends/wasm/kernels.ts`: `npm run wasm`. With `--check`, only compares. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compileKernels, kernelsModule } from './compile-wasm'

const target = fileURLToPath(new URL('../src/backends/wasm/kernels.ts', import.meta.url))
const text = kernelsModule(await compileKernels())
if (!process.argv.includes('--check')) writeFileSync(target, text)
else if (readFileSync(target, 'utf8') !== text) throw new Error('src/backends/wasm/kernels.ts is not what assembly/ compiles to: npm run wasm')
