import { defineConfig } from 'tsup'
import { entries } from './scripts/areas'

export default defineConfig({
  entry: entries(),
  format: ['esm', 'cjs'],
  target: 'node20',
  platform: 'node',
  // ESM is split into shared chunks by default; each CJS entry carries its own copy, so nothing may rely on module identity.
  // tsup passes `baseUrl` to the declaration build, which TypeScript 6 deprecates.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  treeshake: true,
  sourcemap: false,
  clean: true,
})
