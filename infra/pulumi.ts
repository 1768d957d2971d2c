import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { moduleBeside, needPackages } from './installed.ts'
import type * as scheduler from './scheduler.ts'
import type * as targetTopic from './target-topic.ts'

// `aws-scheduler/pulumi`: what a Pulumi program of one's own creates.

export type { SchedulerOutputs } from './scheduler.ts'
export type { SchedulerArgs } from './settings.ts'
export type { TargetTopicArgs } from './target-topic.ts'

needPackages('aws-scheduler/pulumi', ['@pulumi/pulumi', '@pulumi/aws'])

// An import would fail before the line above could say what is missing; `await import` would shut out programs that
// are CommonJS, as Pulumi's own templates are.
const require = createRequire(import.meta.url)
const load = <Module>(path: string) => require(fileURLToPath(moduleBeside(import.meta.url, path))) as Module

export const { Scheduler } = load<typeof scheduler>('./scheduler')
export type Scheduler = scheduler.Scheduler

export const { TargetTopic } = load<typeof targetTopic>('./target-topic')
export type TargetTopic = targetTopic.TargetTopic
