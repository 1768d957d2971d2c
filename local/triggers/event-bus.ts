import { randomUUID } from 'node:crypto'
import { ACCOUNT, REGION } from '../aws-account.ts'
import type { Execution } from '../step-functions/store.ts'
import { type EventPattern, matches, parsePattern } from './event-pattern.ts'

/** EventBridge, for the one kind of event there is here: a Standard execution that started or ended. */
export function eventBus(invoke: (functionArn: string, event: unknown) => Promise<unknown>) {
  const rules = new Map<string, { pattern: EventPattern; targets: Set<string> }>()
  return {
    addRule: (name: string, pattern: string) =>
      void rules.set(name, { pattern: parsePattern(pattern), targets: new Set() }),
    addTarget(rule: string, functionArn: string): void {
      const known = rules.get(rule)
      if (!known) throw new Error(`event target of an unknown rule ${rule}`)
      known.targets.add(functionArn)
    },
    /** Tells the targets of every rule that matches. A target that fails is not told again; AWS would try thrice. */
    executionChanged(execution: Execution): void {
      const event = stateChange(execution)
      for (const { pattern, targets } of rules.values()) {
        if (!matches(pattern, event)) continue
        for (const target of targets) void invoke(target, event).catch(() => {})
      }
    },
  }
}
export type EventBus = ReturnType<typeof eventBus>

const stateChange = (execution: Execution) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  account: ACCOUNT,
  time: `${new Date(execution.stoppedAtMs ?? execution.startedAtMs).toISOString().slice(0, 19)}Z`,
  region: REGION,
  resources: [execution.arn],
  detail: {
    executionArn: execution.arn,
    stateMachineArn: execution.machineArn,
    name: execution.name,
    status: execution.status,
    startDate: execution.startedAtMs,
    stopDate: execution.stoppedAtMs,
    input: execution.input,
    output: execution.output,
    error: execution.error,
    cause: execution.cause,
    inputDetails: { included: true },
    outputDetails: { included: true },
  },
})
