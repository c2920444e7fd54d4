/** An option that is a count, by its name where it was given; nothing where it was not. */
export function count<Name extends string>(name: Name, text: string | undefined): { readonly [K in Name]?: number } {
  if (text === undefined) return {}
  if (!/^\d+$/.test(text)) throw new Error(`--${name}: expected a whole number, got ${text}`)
  return { [name]: Number(text) } as { readonly [K in Name]?: number }
}
