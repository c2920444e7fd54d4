import { ArgumentError, ModelFileError, expected, show } from '../errors'
import { fileError, fileSystem, quoted, writeDurably } from './files'
import { addNumbered, numbered, numbersIn } from './numbered-folders'
import { sealedText, unseal } from './sealed'

/** What was done to a stage, and when. */
export interface StageChange {
  readonly action: 'promote' | 'rollBack'
  /** The version that is live since. */
  readonly version: number
  /** The one before, where there was one. */
  readonly from?: number
  /** ISO 8601, UTC. */
  readonly at: string
  readonly note?: string
}

const fileName = 'change.json'

/** All changes of a stage, oldest first; each is a folder of its own that is never written again. */
export async function readStage(folder: string, where: string): Promise<readonly StageChange[]> {
  return Promise.all((await numbersIn(folder)).map((number) => readChange(`${numbered(folder, number)}/${fileName}`, where)))
}

/** How many changes a stage has had: a number that rises with each. */
export const changesOf = async (folder: string): Promise<number> => (await numbersIn(folder)).at(-1) ?? 0

/** Adds the change that `next` makes of all before it; where another came first, it is asked again. */
export async function changeStage(folder: string, where: string, next: (changes: readonly StageChange[]) => StageChange): Promise<StageChange> {
  const { mkdir } = await fileSystem()
  let made: StageChange | undefined
  await addNumbered(folder, async (into, last) => {
    const changes = await readStage(folder, where)
    made = next(changes.slice(0, last))
    await mkdir(into)
    await writeDurably(`${into}/${fileName}`, [new TextEncoder().encode(await sealedText({ format: 'feedrank/stage', version: 1, change: made }, 2))])
  }, { exact: true })
  return made!
}

/** The versions that were live and could be again, the current one last: promotions, without those that were rolled back. */
export function liveVersions(changes: readonly StageChange[]): number[] {
  const live: number[] = []
  for (const { action, version } of changes) {
    if (action === 'promote') live.push(version)
    else live.pop()
  }
  return live
}

/** The name of a stage, which is also that of a folder. */
export function checkStage(where: string, stage: unknown): string {
  if (typeof stage === 'string' && /^[a-z0-9_][a-z0-9_.-]{0,63}$/.test(stage)) return stage
  throw new ArgumentError(expected(where, 'stage', 'up to 64 lower-case letters, digits, `_`, `-` or `.`', stage))
}

async function readChange(path: string, where: string): Promise<StageChange> {
  const bytes = await (await fileSystem()).readFile(path).catch((cause: unknown) => { throw fileError(where, 'read', path, cause) })
  const { record, check } = unseal(where, path, bytes, 2)
  const { format, version } = record
  if (format !== 'feedrank/stage' || version !== 1)
    throw new ModelFileError(`feedrank/${where}: ${quoted(path)} is no change this version can read: expected feedrank/stage version 1, got ${show(format)} version ${show(version)}`)
  await check()
  return record['change'] as StageChange
}
