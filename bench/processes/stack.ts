import { startLocal } from '../../local/start-local.ts'
import { outputsWithTroubledTopics } from '../troubled/program.ts'
import { answerParent, argumentOf } from './child.ts'

export interface StackArgument {
  dataDir: string
  /** Where functions publish instead, see `bench/troubled`. */
  snsEndpoint?: string
  /** Settings that are not to be the defaults. */
  config?: Record<string, string>
}

/** What the stack says of itself. */
export interface StackLog {
  /** When delivered events were due, epoch ms, and how late they were when the topic had taken them, ms. */
  dueAtMs: number[]
  lateMs: number[]
  accepted: number
  warnings: Record<string, number>
}

// The local stack in a process of its own, as `npm start` runs it; its log is counted instead of printed.

const { dataDir, snsEndpoint, config } = argumentOf<StackArgument>()
const log: StackLog = { dueAtMs: [], lateMs: [], accepted: 0, warnings: {} }
process.removeAllListeners('warning')
process.on('warning', () => {})

const local = await startLocal({
  dataDir,
  ...(config ? { config } : {}),
  ...(snsEndpoint ? { program: outputsWithTroubledTopics(snsEndpoint) } : {}),
  onLog(level, record) {
    if (record.message === 'delivered') {
      log.dueAtMs.push(Date.parse(String(record.due)))
      log.lateMs.push(Number(record.lateMs))
    } else if (record.message === 'accepted') log.accepted++
    else if (level === 'warn' || level === 'error' || record.message === 'failed') {
      const text = `${record.message} ${record.error ?? record.code ?? ''}`.slice(0, 200)
      log.warnings[text] = (log.warnings[text] ?? 0) + 1
    }
  },
})
answerParent({ log: () => log, accepted: () => log.accepted, stop: () => local.stop() }, { endpoint: local.endpoint })
