/** Saves two models to one path in turn until it is killed; prints a line after each save. Arguments: the path. */
import { WideAndDeep } from '../../src/models'
import { saveModel } from '../../src/serving'
import { fitted } from '../models/samples'

const path = process.argv[2]
const models = ['a', 'b'].map((seed) => new WideAndDeep(fitted, { hidden: [256, 128], seed }))
for (let i = 0; ; i++) {
  await saveModel(models[i % 2], path)
  process.stdout.write('saved\n')
}
