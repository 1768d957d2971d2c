import type { Browser, CDPSession } from 'playwright-core'
import { watchedPage } from '../../test/support/browser.ts'

/** A front page that is looked at, and what it takes. */
export interface WatchedFront {
  /** From asking for it until what is due and how it stands is seen, ms. */
  usableMs: number
  /** Work that blocked the page's main thread over 50 ms since it was usable, ms each. */
  longTasksMs(): Promise<number[]>
  /** Of JavaScript, after it was tidied up, MB; and nodes of the document. */
  memory(): Promise<{ heapMb: number; nodes: number }>
  /** CPU time that its main thread has taken since it was usable, seconds: what else the machine does is not in it. */
  cpuSeconds(): Promise<number>
  /** Errors, warnings and requests elsewhere. */
  wrong: string[]
  close(): Promise<void>
}

/** Notes long tasks. Source: W3C, Long Tasks API: 50 ms or more. */
const NOTE_LONG_TASKS = `
  globalThis.longTasks = []
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) globalThis.longTasks.push({ startTime, duration })
  }).observe({ type: 'longtask', buffered: true })
`

export async function watchFront(browser: Browser, endpoint: string): Promise<WatchedFront> {
  const { page, wrong } = await watchedPage(browser)
  await page.addInitScript(NOTE_LONG_TASKS)
  const startedMs = performance.now()
  await page.goto(`${endpoint}/console`)
  await page.locator('.figures').first().waitFor()
  await page.locator('.minute').first().waitFor()
  const usableMs = performance.now() - startedMs
  const usableAtMs: number = await page.evaluate('performance.now()')
  const session: CDPSession = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const metricOf = async (name: string) => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find((metric) => metric.name === name)?.value ?? 0
  }
  const cpuBefore = await metricOf('TaskDuration')
  return {
    usableMs,
    longTasksMs: async () => {
      const tasks: { startTime: number; duration: number }[] = await page.evaluate('globalThis.longTasks')
      return tasks.flatMap(({ startTime, duration }) => (startTime >= usableAtMs ? [Math.round(duration)] : []))
    },
    async memory() {
      await session.send('HeapProfiler.collectGarbage')
      return { heapMb: (await metricOf('JSHeapUsedSize')) / 1024 ** 2, nodes: await metricOf('Nodes') }
    },
    cpuSeconds: async () => (await metricOf('TaskDuration')) - cpuBefore,
    wrong,
    close: () => page.close(),
  }
}
