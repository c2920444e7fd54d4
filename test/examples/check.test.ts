import { afterAll, describe, expect, it } from 'vitest'
import { run, scratch, typeErrors } from './check'
import { extract } from './extract'

const fence = '```'
const { folder, dispose } = scratch('fixtures')
afterAll(dispose)

/** A docstring that starts on line 2 of `src/NAME.ts`, its block on line 5. */
const docstring = (name: string, code: string) =>
  extract(`src/${name}.ts`, `const before = 1\n/**\n * A word.\n * ${fence}ts\n${code.split('\n').map((line) => ` * ${line}`).join('\n')}\n * ${fence}\n */\n`)

describe('the runner of examples', () => {
  it('passes what prints as it says, in either form and whatever the spacing', async () => {
    const [block] = docstring('right', `
import { murmur3 } from 'feedrank'
console.log(murmur3('hello')) // 613153351
console.log('a') // 'a'
console.log('a', 1) // a 1
console.log(
  [1, { b: 2 }],
) // [1, {b: 2}]
for (const x of [1, 1]) console.log(x) // 1
console.log('a\\nb')
// a
// b
`)
    expect(await run(block, folder)).toEqual([])
    expect(typeErrors([block], folder)).toEqual([])
  })

  it('fails what prints otherwise, never prints, promises nothing or throws, and says where', async () => {
    const problems = async (name: string, code: string) => run(docstring(name, code)[0], folder)
    expect(await problems('wrong', `import { murmur3 } from 'feedrank'\nconsole.log(murmur3('hello')) // 7`)).toEqual(['src/wrong.ts:6: expected 7, printed 613153351'])
    expect(await problems('never', `if (Date.now() < 0) console.log(1) // 1`)).toEqual(['src/never.ts:5: never printed, expected 1'])
    expect(await problems('silent', `console.log(1)`)).toEqual(['src/silent.ts:5: says nothing of what it prints (a trailing comment): 1'])
    expect(await problems('throws', `import { seededRandom } from 'feedrank'\nseededRandom(Number.NaN)`)).toEqual([expect.stringMatching(/^src\/throws\.ts:5: threw ArgumentError/)])
    expect(await problems('lines', `console.log('a\\nb')\n// a\n// c`)).toEqual(['src/lines.ts:5: expected a\nc, printed a\nb'])
    expect(await problems('again', `for (const x of [1, 2]) console.log(x) // 1`)).toEqual(['src/again.ts:5: expected 1, printed 2'])
  })

  it('finds type errors at their line', () => {
    const [block] = docstring('types', `import { seededRandom } from 'feedrank'\nseededRandom({})`)
    expect(typeErrors([block], folder)).toEqual([expect.stringMatching(/^src\/types\.ts:6: Argument of type '\{\}' is not assignable/)])
  })

  it('takes only `ts` fences, and runs only those not marked', () => {
    const text = `${fence}sh\nls\n${fence}\n${fence}ts no-run\nconst a = 1\n${fence}\n${fence}ts\nconst b = 1\n${fence}\n`
    expect(extract('docs/x.md', text)).toEqual([
      { at: 'docs/x.md:5', file: 'docs/x.md', line: 5, code: 'const a = 1', runs: false },
      { at: 'docs/x.md:8', file: 'docs/x.md', line: 8, code: 'const b = 1', runs: true },
    ])
    expect(() => extract('docs/x.md', `${fence}ts\nopen`)).toThrow('docs/x.md:1: the fence is never closed')
  })
})
