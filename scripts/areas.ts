import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const src = fileURLToPath(new URL('../src', import.meta.url))

/** The public areas: the folders of `src` that have an `index.ts`. Each is an entry of the build and a subpath of the package. */
export const areas = (): string[] =>
  readdirSync(src, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(`${src}/${entry.name}/index.ts`))
    .map((entry) => entry.name)
    .sort()

/** What the build reads: `{ index: 'src/index.ts', metrics: 'src/metrics/index.ts', ... }`. */
export const entries = (): Record<string, string> =>
  Object.fromEntries([['index', 'src/index.ts'], ...areas().map((area) => [area, `src/${area}/index.ts`])])

const target = (name: string) => ({
  import: { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
  require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
})

/** The `exports` of package.json that these areas call for. */
export const packageExports = (): Record<string, unknown> =>
  Object.fromEntries([
    ['.', target('index')],
    ...areas().map((area) => [`./${area}`, target(area)]),
    ['./package.json', './package.json'],
  ])
