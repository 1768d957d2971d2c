import * as pulumi from '@pulumi/pulumi'
import type * as z from 'zod'
import { settingsSchema } from './settings-schema.ts'

/** Settings as they are used, with all defaults. */
export type Settings = z.output<typeof settingsSchema>
/** Settings as they are given: each is optional, and described in docs/configuration.md. */
export type SchedulerArgs = z.input<typeof settingsSchema>

/** `given`, checked and completed. Throws an error that names every wrong key, its value and what is allowed. */
export function parseSettings(given: Record<string, unknown>, prefix = ''): Settings {
  const result = settingsSchema.safeParse(given)
  if (result.success) return result.data
  throw new pulumi.RunError(result.error.issues.map((issue) => explain(issue, given, prefix)).join('\n'))
}

/** The settings of the running stack: `Pulumi.<stack>.yaml`, or `pulumi config set`. */
export function readSettings(project = pulumi.getProject()): Settings {
  const prefix = `${project}:`
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix))
  return parseSettings(Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), decode(value)])), prefix)
}

/** Pulumi keeps every value as a string: JSON if it was a number, a boolean or a list. */
function decode(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function explain(issue: z.core.$ZodIssue, given: Record<string, unknown>, prefix: string): string {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(settingsSchema.shape).join(', ')
    return issue.keys
      .map((key) => `${prefix}${key} is ${JSON.stringify(given[key])}, but there is no such key; allowed: ${known}`)
      .join('\n')
  }
  const key = String(issue.path[0])
  return `${prefix}${key} is ${JSON.stringify(given[key])}; ${issue.message}`
}
