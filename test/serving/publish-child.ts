/** Publishes models to a registry and promotes each; prints the versions it got as JSON. Arguments: the folder, a name, how many. */
import { WideAndDeep } from '../../src/models'
import { openRegistry } from '../../src/serving'
import { fitted } from '../models/samples'

const [, , folder, name, count] = process.argv
const registry = openRegistry(folder)
const versions: number[] = []
for (let i = 0; i < Number(count); i++) {
  const { version } = await registry.publish(new WideAndDeep(fitted, { hidden: [3], seed: `${name} ${i}` }), { note: `${name} ${i}` })
  versions.push(version)
  await registry.promote(version)
}
process.stdout.write(JSON.stringify(versions))
