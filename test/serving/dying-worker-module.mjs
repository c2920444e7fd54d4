// A worker that dies when it is asked for thirteen candidates.
import { runScoreWorker as run } from './worker-module.mjs'

export const runScoreWorker = (port, setup) => run({
  on: (event, listen) => port.on(event, (question) => {
    if (question.job?.candidates === 13) process.exit(3)
    listen(question)
  }),
  postMessage: (answer, transfer) => port.postMessage(answer, transfer),
}, setup)
