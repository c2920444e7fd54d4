import { codeOf, fileSystem, isMissing, syncFolder } from './files'
import { openStaging, sweepStaging } from './staging'

const stagingPrefix = '.saving-'

/** The numbers of the folders in `parent`, rising; none where it is not there, or is no folder. */
export async function numbersIn(parent: string): Promise<number[]> {
  const names = await (await fileSystem()).readdir(parent).catch((error: unknown) => {
    if (isMissing(error) || codeOf(error) === 'ENOTDIR') return []
    throw error
  })
  return names.filter((name) => /^\d{6,}$/.test(name)).map(Number).toSorted((a, b) => a - b)
}

export const numbered = (parent: string, number: number): string => `${parent}/${String(number).padStart(6, '0')}`

/**
 * Adds a folder under the next free number, whole or not at all: `fill` writes into a folder beside, which is renamed. As a
 * folder that holds something is never replaced by a rename, no two processes get the same number.
 *
 * @param fill is called with the folder to write into and the last number taken, 0 at first; again, into a new folder, when
 * `exact` and another came first
 * @param after a number that was taken once, if its folder may be gone
 * @returns the number it got
 */
export async function addNumbered(parent: string, fill: (folder: string, last: number) => Promise<void>, { exact, after = 0 }: { readonly exact: boolean; readonly after?: number }): Promise<number> {
  const { mkdir, rename } = await fileSystem()
  await mkdir(parent, { recursive: true })
  for (;;) {
    const staging = await openStaging(parent, stagingPrefix)
    const made = `${staging.folder}/made`
    try {
      let last = Math.max(after, (await numbersIn(parent)).at(-1) ?? 0)
      await fill(made, last)
      for (;;) {
        const path = numbered(parent, last + 1)
        const failure: unknown = await rename(made, path).then(() => undefined, (error: unknown) => error)
        if (failure === undefined) {
          await syncFolder(parent)
          return last + 1
        }
        if (!(await exists(path))) throw failure
        if (exact) break
        last = Math.max(last + 1, (await numbersIn(parent)).at(-1) ?? 0)
      }
    } finally {
      await staging.close()
      await sweepStaging(parent, stagingPrefix).catch(() => undefined)
    }
  }
}

const exists = async (path: string): Promise<boolean> => (await fileSystem()).stat(path).then(() => true, () => false)
