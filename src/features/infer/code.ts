import type { Draft, DraftCall } from './draft'

/** The draft as TypeScript, reasons beside it, to be pasted and worked on. */
export function codeOf(drafts: readonly Draft[]): string {
  const features = drafts.filter(({ use }) => use === 'feature')
  const labels = drafts.filter(({ use }) => use === 'label')
  const suspected = drafts.filter(({ use, calls }) => use === 'left out' && calls.length > 0)
  const others = drafts.filter(({ use, calls }) => use === 'left out' && calls.length === 0)
  const factories = [...new Set([...features, ...labels].flatMap(({ calls }) => calls.map(({ factory }) => factory))), 'defineFeatures'].sort()
  const entries = (list: readonly Draft[]) => list.flatMap(({ reason, calls }) => [comment(reason), ...calls.map((call) => `${entry(call)},`)])
  const indent = (lines: readonly string[], by: number) => lines.map((line) => ' '.repeat(by) + line)
  return [
    `import { ${factories.join(', ')} } from 'feedrank'`,
    '',
    'export const spec = defineFeatures({',
    '  features: {',
    ...indent(entries(features), 4),
    '  },',
    ...(labels.length === 0 ? [] : ['  labels: {', ...indent(entries(labels), 4), '  },']),
    ...indent(suspected.flatMap(({ reason, calls }) => [comment(reason), ...calls.map((call) => comment(`labels: { ${entry(call)} },`))]), 2),
    ...indent(others.map(({ column, reason }) => comment(`${literal(column)} is left out: ${reason}`)), 2),
    '})',
    '',
  ].join('\n')
}

const entry = ({ name, factory, options }: DraftCall): string => `${key(name)}: ${factory}(${Object.keys(options).length === 0 ? '' : literal(options)})`

/** A line of its own, whatever stands in the names of columns. */
const comment = (text: string): string => `// ${text.replaceAll(/[\r\n\u2028\u2029]+/g, ' ')}`

// `__proto__: x` would set the prototype.
const key = (name: string): string => (name === '__proto__' ? '[\'__proto__\']' : /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name))

function literal(value: unknown): string {
  if (typeof value === 'string') return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll('\'', '\\\'').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const fields = Object.entries(value).map(([name, one]) => `${key(name)}: ${literal(one)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}
