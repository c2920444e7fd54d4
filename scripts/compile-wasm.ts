import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The modules of kernels: the folder of `assembly/` each is written in, and the file of `src/` it is carried by. */
export const kernelModules = [
  { folder: 'assembly', target: 'src/backends/wasm/kernels.ts', shared: true },
  { folder: 'assembly/training', target: 'src/training/kernels.ts', shared: false },
] as const

/** The bytes of a folder's `index.ts` as WebAssembly; the same ones for the same sources. */
export async function compileKernels(folder: string, shared: boolean): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined
  const options = [
    `${folder}/index.ts`, '--baseDir', root, '--outFile', 'kernels.wasm', '-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--importMemory', '--enable', 'simd',
    ...(shared ? ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'] : []),
    // Exchange of vectors between modules, of which there is one, and 64-bit addresses, of which there are none.
    '--disableWarning', '112', '--disableWarning', '201',
  ]
  const { error, stderr } = await asc.main(options, {
    writeFile: (name: string, contents: Uint8Array | string) => {
      if (name.endsWith('.wasm') && typeof contents !== 'string') bytes = contents
    },
  })
  if (error || !bytes) throw new Error(`${folder} does not compile:\n${stderr.toString()}`, { cause: error })
  return bytes
}

const lineLength = 120

/** The bytes as a TypeScript module, which runs from source and is bundled like any other. */
export function kernelsModule(folder: string, bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('base64')
  const lines = text.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? []
  return `/** What \`${folder}/\` compiles to (${bytes.length} bytes), as base64; written by \`npm run wasm\`. */\nexport const kernels =\n${lines.map((line) => `  '${line}'`).join(' +\n')}\n`
}
