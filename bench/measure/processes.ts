import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the processes of a system used between two instants. */
export interface Usage {
  /** User and system time, seconds. */
  cpuSeconds: number
  /** Anonymous memory of all of them and the largest shared part, at its peak, MB. Sampled each second. */
  peakMb: number
  /** CPUs that publisher and receiver kept busy. */
  aroundCpus: number
  /** CPUs that whatever else ran on the machine kept busy. */
  otherCpus: number
}

/** Ticks of /proc/<pid>/stat and /proc/stat. Source: proc(5); 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100
const SAMPLE_MS = 1_000

/**
 * Watches processes, with the children they have and get. Reads /proc, which costs them nothing.
 * @param around those that belong to the measurement, not to what is measured
 */
export function startMeter(roots: readonly number[], around: readonly number[] = []) {
  const startedMs = performance.now()
  const ticks = () => [ticksOf(treesOf(roots)), ticksOf(treesOf([...around, process.pid], roots)), busyTicks()] as const
  const before = ticks()
  let peakMb = 0
  const sample = () => {
    peakMb = Math.max(peakMb, memoryMb(treesOf(roots)))
  }
  sample()
  const timer = setInterval(sample, SAMPLE_MS)
  return {
    stop(): Usage {
      clearInterval(timer)
      sample()
      const seconds = (performance.now() - startedMs) / 1_000
      const [own = 0, near = 0, all = 0] = ticks().map((now, i) => (now - (before[i] ?? 0)) / TICKS_PER_SECOND)
      return { cpuSeconds: own, peakMb, aroundCpus: near / seconds, otherCpus: (all - own - near) / seconds }
    },
  }
}

/** Waits, within reason, until nothing else keeps the machine busy. @returns CPUs that were busy at last */
export async function untilMachineIsQuiet(withinMs: number): Promise<number> {
  const deadlineMs = performance.now() + withinMs
  for (;;) {
    const before = busyTicks()
    await sleep(4 * QUIET_SAMPLE_MS)
    const cpus = (busyTicks() - before) / TICKS_PER_SECOND / ((4 * QUIET_SAMPLE_MS) / 1_000)
    if (cpus < 2 * QUIET_CPUS || performance.now() > deadlineMs) return cpus
  }
}

/** How often, and below which share of one CPU, processes are taken for idle; and how long they are waited for at most. */
const QUIET_SAMPLE_MS = 500
const QUIET_CPUS = 0.1
const QUIET_WITHIN_MS = 60_000

/** Waits until processes have done what they do when they start. */
export async function untilQuiet(roots: readonly number[]): Promise<void> {
  const deadlineMs = performance.now() + QUIET_WITHIN_MS
  for (let quiet = 0; quiet < 3 && performance.now() < deadlineMs; ) {
    const before = ticksOf(treesOf(roots))
    await sleep(QUIET_SAMPLE_MS)
    const cpus = (ticksOf(treesOf(roots)) - before) / TICKS_PER_SECOND / (QUIET_SAMPLE_MS / 1_000)
    quiet = cpus < QUIET_CPUS ? quiet + 1 : 0
  }
}

/** Resident memory of processes and their children, MB: what `ps` shows. */
export const residentMb = (roots: readonly number[]) =>
  treesOf(roots).reduce((sum, pid) => sum + kilobytes(read(`/proc/${pid}/status`) ?? '', 'VmRSS') / 1_024, 0)

/** Processes and all that descend from them. @param without children that are left out, and what descends from them */
function treesOf(roots: readonly number[], without: readonly number[] = []): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = Number(statOf(Number(name))?.[1])
    children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const found = new Set(roots)
  for (const pid of found) for (const child of children.get(pid) ?? []) if (!without.includes(child)) found.add(child)
  return [...found]
}

/** The fields from the process's state on; undefined if it is gone. */
function statOf(pid: number): string[] | undefined {
  const text = read(`/proc/${pid}/stat`)
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** utime, stime, and those of children that have ended and were waited for. */
function ticksOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (statOf(pid)?.slice(11, 15) ?? []).reduce((a, b) => a + Number(b), 0), 0)
}

function memoryMb(pids: readonly number[]): number {
  let anonymous = 0
  let shared = 0
  for (const pid of pids) {
    const status = read(`/proc/${pid}/status`) ?? ''
    anonymous += kilobytes(status, 'RssAnon')
    shared = Math.max(shared, kilobytes(status, 'RssShmem'))
  }
  return (anonymous + shared) / 1_024
}

const kilobytes = (status: string, field: string) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0)

function busyTicks(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] =
    (read('/proc/stat') ?? '').split('\n', 1)[0]?.split(/\s+/).slice(1).map(Number) ?? []
  return user + nice + system + irq + softirq
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
