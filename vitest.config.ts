import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const src = fileURLToPath(new URL('./src', import.meta.url))

export default defineConfig({
  resolve: { alias: [{ find: /^feedrank$/, replacement: `${src}/index.ts` }, { find: /^feedrank\/(.+)$/, replacement: `${src}/$1/index.ts` }] },
  test: {
    include: ['test/**/*.test.ts'],
    // These look at the built package and run by `npm run check`.
    exclude: [...configDefaults.exclude, 'test/package/**'],
    typecheck: { enabled: true, include: ['test/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
    testTimeout: 60_000,
  },
})
