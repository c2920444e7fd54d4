/** Compiles the kernels of `assembly/` and writes them into `src/`: `npm run wasm`. With `--check`, only compares. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compileKernels, kernelModules, kernelsModule } from './compile-wasm'

for (const module of kernelModules) {
  const { folder, target } = module
  const path = fileURLToPath(new URL(`../${target}`, import.meta.url))
  const text = kernelsModule(module, await compileKernels(module))
  if (!process.argv.includes('--check')) writeFileSync(path, text)
  else if (readFileSync(path, 'utf8') !== text) throw new Error(`${target} is not what ${folder}/ compiles to: npm run wasm`)
}
