import { defineConfig } from 'vitest/config'

/** Tests of what npm would publish: they need `npm run build` first, so they stand apart from `npm test`. */
export default defineConfig({
  test: { include: ['test/package/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false },
})
