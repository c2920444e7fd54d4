/** One element as it opens: its name and its attributes, entities resolved. */
export interface Tag {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  /** Names of the elements around it, the outermost first. */
  readonly within: readonly string[]
}

const alone = new Set(['meta', 'link', 'br', 'hr', 'img', 'input'])
const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }

const resolve = (text: string) => text.replace(/&[^;\s]{0,6};?/g, (entity) => {
  if (!(entity in entities)) throw new Error(`a loose & at ${entity}`)
  return entities[entity]
})

/**
 * Reads a page more strictly than a browser would: each element closed in its turn, each attribute quoted and only once,
 * no `<`, `>` or `&` in text but as an entity.
 */
export function readMarkup(page: string): { readonly tags: readonly Tag[]; readonly text: string } {
  const tags: Tag[] = []
  const open: string[] = []
  let text = ''
  let at = page.startsWith('<!doctype html>') ? 15 : 0
  while (at < page.length) {
    const next = page.indexOf('<', at)
    const words = page.slice(at, next < 0 ? page.length : next)
    if (open.at(-1) !== 'style') {
      if (words.includes('>')) throw new Error(`a loose > in ${words.slice(0, 80)}`)
      text += resolve(words)
    }
    if (next < 0) break
    const close = /^<\/([a-z][a-z0-9]*)>/i.exec(page.slice(next, next + 40))
    if (close) {
      const last = open.pop()
      if (last !== close[1]) throw new Error(`</${close[1]}> closes ${last}`)
      at = next + close[0].length
      continue
    }
    const start = /^<([a-z][a-z0-9]*)((?:\s+[a-z][\w-]*(?:="[^"<]*")?)*)\s*(\/?)>/i.exec(page.slice(next))
    if (!start) throw new Error(`no tag at ${page.slice(next, next + 80)}`)
    const attributes = new Map<string, string>()
    for (const [, name, , value = ''] of start[2].matchAll(/([a-z][\w-]*)(="([^"]*)")?/gi)) {
      if (attributes.has(name)) throw new Error(`${name} twice in ${start[0]}`)
      attributes.set(name, resolve(value))
    }
    tags.push({ name: start[1], attributes, within: [...open] })
    if (!start[3] && !alone.has(start[1])) open.push(start[1])
    at = next + start[0].length
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(', ')}`)
  return { tags, text }
}
