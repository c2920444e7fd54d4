import type { Id } from '../data'
import { ArgumentError, expected } from '../errors'
import { keyOf } from './list-contenders'
import { depthLabel, listMetricNamed } from './measures'
import type { RowMeasure } from './measures'
import type { Leak } from './result'

/** What answers a query, by key, with its grade; grades of 0 answer nothing. */
export function judgementsOf(where: string, relevant: Iterable<Id> | ReadonlyMap<Id, number>, q: number): Map<string, number> {
  if (typeof relevant !== 'object' || relevant === null || !(Symbol.iterator in relevant))
    throw new ArgumentError(expected(where, `relevant(queries[${q}])`, 'ids, or a Map from id to grade', relevant))
  const graded = 'get' in relevant && typeof relevant.get === 'function'
  const grades = new Map<string, number>()
  for (const one of relevant as Iterable<Id | readonly [Id, number]>) {
    const [id, grade] = graded ? (one as readonly [Id, number]) : [one as Id, 1]
    if (!(Number.isFinite(grade) && grade >= 0)) throw new ArgumentError(expected(where, `the grade of ${String(id)} in queries[${q}]`, 'a finite grade of at least 0', grade))
    if (grade > 0) grades.set(keyOf(where, `an id relevant to queries[${q}]`, id), grade)
  }
  return grades
}

/** List metrics by name, none deeper than the lists. */
export function listMeasures(where: string, names: readonly string[], k: number, sampled: boolean): RowMeasure[] {
  if (!Array.isArray(names) || names.length === 0) throw new ArgumentError(expected(where, 'measures', 'an array with at least one list metric', names))
  return names.map((name: string, i): RowMeasure => {
    const listed = typeof name === 'string' ? listMetricNamed(name) : undefined
    if (!listed) throw new ArgumentError(expected(where, `measures[${i}]`, 'a list metric, such as recall@100', name))
    if (listed.k !== undefined && listed.k > k) throw new ArgumentError(expected(where, `measures[${i}]`, `no deeper than the lists, which are ${k} long`, name))
    return {
      name, label: `${depthLabel(listed.label, listed.k)}${sampled ? ' (sampled)' : ''}`, better: 'higher', kind: 'list', probabilities: false, needsLists: false,
      because: 'no list counts', whole: () => NaN, list: { metric: listed.metric, options: listed.k === undefined ? {} : { k: listed.k }, graded: true },
    }
  })
}

/** Relevant items their users had in training already: finding them again is easier than finding them. */
export function repeats(users: readonly string[] | undefined, grades: readonly ReadonlyMap<string, number>[], trainUsers: readonly string[], trainItems: readonly string[]): Leak[] {
  if (!users || trainUsers.length === 0) return []
  const had = new Set(trainUsers.map((user, i) => JSON.stringify([user, trainItems[i]])))
  let count = 0
  users.forEach((user, q) => { for (const item of grades[q].keys()) if (had.has(JSON.stringify([user, item]))) count++ })
  return count === 0 ? [] : [{ kind: 'events', count, message: `${count} relevant ${count === 1 ? 'item is' : 'items are'} one that the same user had in training` }]
}

/** What a reader has to know of how lists were measured. */
export function listNotes(users: boolean, left: number, sampledNegatives: number | undefined, items: number, familiar: number): string[] {
  return [
    users ? 'Intervals resample whole users, since the requests of one user are not independent.' : 'No user was named, so intervals resample single requests.',
    sampledNegatives === undefined ? `Full ranking: every list comes out of all ${items} items.`
      : `Sampled: relevant items are ranked among ${sampledNegatives} sampled others, not among all ${items}. These figures are higher than those of the full ranking and must not be set beside them.`,
    ...(familiar > 0 ? [`${familiar} relevant ${familiar === 1 ? 'item that its user' : 'items that their users'} knew already ${familiar === 1 ? 'was no answer' : 'were no answers'}.`] : []),
    ...(left > 0 ? [`${left} ${left === 1 ? 'request' : 'requests'} without a relevant item ${left === 1 ? 'was' : 'were'} left out.`] : []),
  ]
}
