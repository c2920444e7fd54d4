declare module 'seedrandom/lib/alea.js' {
  /** Baagøe's Alea generator; `double()` has 53 random bits. */
  export default function alea(seed: string): { (): number; double(): number; int32(): number }
}
