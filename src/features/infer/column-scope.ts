import type { Table } from '../../data/table'
import { cellReader, tableColumn } from '../../data/table'
import type { Scope } from '../feature'
import { plain } from './draft'
import { namesAHistory, namesAnId, scopeByName, wordsOf } from './names'
import { textOf, type Profile } from './profile'

/** The columns that name who and what, where there are some. */
export interface Keys {
  readonly user?: string
  readonly item?: string
}

/** Finds the user's and the item's id by their names; of several, the one with the most values. */
export function keysOf(profiles: readonly Profile[], told: Keys): Keys {
  const most = (scope: Scope) => profiles
    .filter(({ name, distinct, lists }) => {
      const words = wordsOf(name)
      return lists === undefined && distinct > 1 && scopeByName(words) === scope && (namesAnId(words) || words.length === 1)
    })
    .sort((a, b) => Number(namesAnId(wordsOf(b.name))) - Number(namesAnId(wordsOf(a.name))) || b.distinct - a.distinct)[0]?.name
  const user = told.user ?? most('user')
  const item = told.item ?? most('item')
  return { ...(user !== undefined && { user }), ...(item !== undefined && { item }) }
}

export interface ColumnScope {
  readonly scope: Scope
  /** A phrase. */
  readonly why: string
}

/** Rows that meet their key again, below which nothing is concluded. */
const enough = 10

/** Whose property each column is: as told, by what it stays the same with, by its name, or the pair's. */
export function scopesOf(table: Table, indices: Int32Array, profiles: readonly Profile[], keys: Keys, told: Readonly<Record<string, Scope>>): ReadonlyMap<string, ColumnScope> {
  const byUser = keys.user === undefined ? undefined : stableWith(table, indices, keys.user)
  const byItem = keys.item === undefined ? undefined : stableWith(table, indices, keys.item)
  return new Map(profiles.map(({ name, lists }): [string, ColumnScope] => {
    if (Object.hasOwn(told, name)) return [name, { scope: told[name], why: 'as told' }]
    if (name === keys.user) return [name, { scope: 'user', why: 'names the user' }]
    if (name === keys.item) return [name, { scope: 'item', why: 'names the item' }]
    if (lists !== undefined && namesAHistory(wordsOf(name))) return [name, { scope: 'user', why: 'a history, by its name' }]
    const named = scopeByName(wordsOf(name))
    if (named !== undefined) {
      const [key, stable] = named === 'user' ? [keys.user, byUser] : named === 'item' ? [keys.item, byItem] : []
      return [name, { scope: named, why: (stable?.(name) ?? 1) < 0.9 ? `by its name, though it changes for one ${key}` : 'by its name' }]
    }
    const user = byUser?.(name) ?? 0
    const item = byItem?.(name) ?? 0
    if (Math.max(user, item) >= 0.99) return [name, item >= user ? { scope: 'item', why: `the same for one ${keys.item}` } : { scope: 'user', why: `the same for one ${keys.user}` }]
    return [name, { scope: 'pair', why: 'a guess, as it changes: say in `scopes` whose it is' }]
  }))
}

/**
 * The share of rows whose value is that of the row before with the same key; undefined where too few meet their key again.
 * What is missing says nothing of whose it is.
 */
function stableWith(table: Table, indices: Int32Array, key: string): (name: string) => number | undefined {
  const keyOf = cellReader(tableColumn('inferSpec', table, key))
  return (name) => {
    const read = cellReader(tableColumn('inferSpec', table, name))
    const last = new Map<string, string>()
    let [again, same] = [0, 0]
    for (const row of indices) {
      const held = read(row)
      if (held === null || held === undefined) continue
      const at = String(keyOf(row))
      const value = textOf(held)
      const before = last.get(at)
      if (before !== undefined) {
        again++
        if (before === value) same++
      }
      last.set(at, value)
    }
    return again < enough ? undefined : same / again
  }
}

/** What is said of keys in a report. */
export const describeKeys = ({ user, item }: Keys, rows: number): string =>
  `${plain(rows)} rows${user === undefined ? '' : `, users by \`${user}\``}${item === undefined ? '' : `, items by \`${item}\``}`
