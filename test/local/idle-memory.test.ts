import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect } from 'chai'

/** A thread that leaves garbage of 100 MB behind, and says how large its heap is as soon as it has been told to. */
const THREAD = `
import { getHeapStatistics } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'
const { giveBackWhenIdle } = await import(workerData.module)
let busy = true
giveBackWhenIdle(() => busy, 20)
let load = Array.from({ length: 1_600_000 }, (_, i) => ({ text: 'event ' + i }))
load = undefined
const sizeMb = () => Math.round(getHeapStatistics().total_heap_size / 1024 / 1024)
parentPort.on('message', () => (busy = false))
let saidMb = Number.POSITIVE_INFINITY
setInterval(() => {
  if (sizeMb() < saidMb / 2) parentPort.postMessage((saidMb = sizeMb()))
}, 20)
`

describe('an idle thread', () => {
  it('gives back the memory that a load has left behind, but not while something is under way', async () => {
    const module = new URL('../../local/idle-memory.ts', import.meta.url).href
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(THREAD)}`), { workerData: { module } })
    const [largestMb] = await once(worker, 'message')
    expect(largestMb).to.be.above(100)
    worker.postMessage('it is done')
    const [afterMb] = await once(worker, 'message')
    expect(afterMb).to.be.below(largestMb / 2)
    await worker.terminate()
  })

  it('finds the collector though many threads start at once', async () => {
    const module = new URL('../../local/idle-memory.ts', import.meta.url).href
    const start = `import { workerData } from 'node:worker_threads'
      const { giveBackWhenIdle } = await import(workerData.module)
      for (let i = 0; i < 50; i++) giveBackWhenIdle()`
    const threads = Array.from({ length: 6 }, () => {
      return new Worker(new URL(`data:text/javascript,${encodeURIComponent(start)}`), { workerData: { module } })
    })
    const codes = await Promise.all(threads.map(async (thread) => (await once(thread, 'exit'))[0]))
    expect(codes).to.deep.equal([0, 0, 0, 0, 0, 0])
  })
})
