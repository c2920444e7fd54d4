/**
 * `merged` with the own enumerable string-keyed fields of `base`, then those of `added`, as `{ ...base, ...added }` has
 * them; `base` and `added` are not changed. Symbols are not fields.
 *
 * V8 grows a cloned object one slow transition at a time; filling an empty one key by key is about five times faster
 * for objects of ordinary size. Assigning to `__proto__` would set the prototype, so that one key is defined instead.
 */
export function mergeFields(base: object, added: object, merged: object = {}): object {
  assignFields(merged, base)
  assignFields(merged, added)
  return merged
}

const hasOwn = Object.prototype.hasOwnProperty

/** Adds the fields of `from` to `target`. `for in` reads them without making a list of their names for every object. */
export function assignFields(target: object, from: object): void {
  for (const key in from) {
    if (!hasOwn.call(from, key)) continue
    const value = (from as Record<string, unknown>)[key]
    if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
    else (target as Record<string, unknown>)[key] = value
  }
}

/**
 * A constructor of empty plain objects that have room inside for a dozen fields and more.
 *
 * V8 lays an object out by the assignments that its constructor contains, whether or not they run, and cuts the room to
 * what the first few objects use. `{}` has room for four fields; the fifth and later ones go into lists that are copied
 * as they grow, which makes a hydrated candidate two thirds larger. Each user has its own constructor, as their objects
 * differ in size.
 */
export function roomyObject(): new (fill: boolean) => object {
  function Fields(this: Record<string, number>, fill: boolean) {
    if (!fill) return
    this.a = this.b = this.c = this.d = this.e = this.f = this.g = this.h = this.i = this.j = this.k = this.l = 0
  }
  Fields.prototype = Object.prototype
  return Fields as unknown as new (fill: boolean) => object
}
