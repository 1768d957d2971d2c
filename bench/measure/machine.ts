import { execFileSync } from 'node:child_process'
import { arch, cpus, loadavg, release, totalmem, type } from 'node:os'

/** Where and how a result was made: without it no number means anything. */
export interface Machine {
  cpu: string
  memoryGb: number
  system: string
  node: string
  commit: string
  date: string
  command: string
  /** Load averages when the benchmark began: 1, 5 and 15 minutes. */
  load: number[]
}

export function describeMachine(): Machine {
  const [first] = cpus()
  return {
    cpu: `${cpus().length} × ${first?.model ?? 'unknown CPU'}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    node: process.version,
    commit: commit(),
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    command: commandLine(),
    load: loadavg().map((value) => Math.round(value * 100) / 100),
  }
}

export const machineLine = ({ cpu, memoryGb, system, node, commit: at, date, load }: Machine) =>
  `${cpu}, ${memoryGb} GB, ${system}, Node ${node}, ${at}, ${date} UTC, load before ${load.join(' ')}`

function commandLine(): string {
  const script = process.argv[1]?.replace(`${process.cwd()}/`, '') ?? ''
  return ['node', script, ...process.argv.slice(2)].join(' ')
}

function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: import.meta.dirname })
        .toString()
        .trim()
    const changed = git('status', '--porcelain', '--', '../functions', '../local', '../infra') ? ' + changes' : ''
    return `commit ${git('rev-parse', '--short', 'HEAD')}${changed}`
  } catch {
    return 'no commit'
  }
}
