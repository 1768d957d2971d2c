import type { LambdaHost } from '../lambda/host.ts'
import type { Endpoints } from '../lambda/variables.ts'
import type { Messaging } from '../messaging.ts'
import type { StepFunctions } from '../step-functions/service.ts'
import type { EventBus } from '../triggers/event-bus.ts'

/** A resource's inputs, as the program gives them. */
export type Inputs = Readonly<Record<string, unknown>>
/** What the program gets to see of the resource: on AWS, the provider's outputs. */
export interface Created {
  id: string
  state: Record<string, unknown>
}
/** Makes a declared resource exist locally; run again on the same data, it finds it and brings it up to date. */
export type Handler = (logicalName: string, inputs: Inputs) => Created | Promise<Created>

/** What resources are made in. */
export interface Parts {
  messaging: Messaging
  lambda: LambdaHost
  stepFunctions: StepFunctions
  bus: EventBus
  endpoints: Endpoints
  /** For what may only run when all of the program is there. */
  whenComplete(start: () => { stop(): unknown }): void
}

/** The name of a resource: the one declared, or the one Pulumi knows it by. */
export const nameOf = (logicalName: string, { name }: Inputs) => (typeof name === 'string' ? name : logicalName)

/** An input that a resource cannot do without. */
export function text(inputs: Inputs, key: string): string {
  const value = inputs[key]
  if (typeof value !== 'string') throw new Error(`${key} is ${JSON.stringify(value)}, not a string`)
  return value
}
