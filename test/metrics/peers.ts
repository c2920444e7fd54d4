import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

const golden = new URL('../golden/', import.meta.url)

export const readText = (path: string) => readFileSync(new URL(path, golden), 'utf8')
export const readJson = <T>(path: string): T => JSON.parse(readText(path)) as T
export const readNumbers = (path: string) => Float64Array.from(readText(path).trim().split('\n'), Number)

/** Equal to 1e-12, relative where the value is large. */
export function expectClose(got: number, want: number, tolerance = 1e-12): void {
  expect(Math.abs(got - want), `${got} against ${want}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(want)))
}

export function expectAllClose(got: ArrayLike<number>, want: ArrayLike<number>, tolerance = 1e-12): void {
  expect(got.length).toBe(want.length)
  for (let i = 0; i < want.length; i++) expectClose(got[i], want[i], tolerance)
}
