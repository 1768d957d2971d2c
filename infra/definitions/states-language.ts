/**
 * The part of the Amazon States Language (JSONPath) that our machines use, typed so that
 * a transition to a state that does not exist is a compile error.
 * `N` are the names of a machine's states; `NoInfer` makes the keys of `States` the only source of them.
 */
export type State<N extends string> = Wait<N> | Task<N> | Choice<N> | Pass<N> | MapOver<N> | Succeed

type Step<N extends string> = { Next: N } | { End: true }
type Path = `$${string}`
type Payload = { [key: string]: string | number | boolean | Payload }

type Wait<N extends string> = { Type: 'Wait'; TimestampPath: Path } & Step<N>
type Pass<N extends string> = { Type: 'Pass'; Parameters: Payload } & Step<N>
type Succeed = { Type: 'Succeed'; OutputPath?: Path }
type Choice<N extends string> = {
  Type: 'Choice'
  Choices: readonly { Variable: Path; BooleanEquals: boolean; Next: N }[]
  Default: N
}
type Task<N extends string> = {
  Type: 'Task'
  /** ARN of a Lambda function. */
  Resource: string
  Parameters: Payload
  ResultPath?: Path
  Retry: Retrier[]
  Catch?: { ErrorEquals: string[]; ResultPath: Path; Next: N }[]
} & Step<N>
type MapOver<N extends string> = {
  Type: 'Map'
  ItemsPath: Path
  ItemSelector: Payload
  MaxConcurrency: number
  ItemProcessor: Branch & { ProcessorConfig: { Mode: 'INLINE' } }
  ResultPath: Path
} & Step<N>

/** `MaxDelaySeconds` bounds the backoff; with jitter `FULL` those that failed together do not come back together. */
export interface Retrier {
  ErrorEquals: string[]
  IntervalSeconds: number
  MaxAttempts: number
  BackoffRate: number
  MaxDelaySeconds?: number
  JitterStrategy?: 'FULL' | 'NONE'
}

/** States that `branch` has checked. */
export interface Branch {
  StartAt: string
  States: Record<string, State<string>>
}

export interface StateMachineDefinition extends Branch {
  Comment: string
  TimeoutSeconds: number
}

/** The states inside a Map: their transitions stay inside. */
export function branch<const N extends string>(states: {
  StartAt: NoInfer<N>
  States: { [K in N]: State<NoInfer<N>> }
}): Branch {
  return states
}

/** A whole state machine. */
export function stateMachine<const N extends string>(definition: {
  Comment: string
  TimeoutSeconds: number
  StartAt: NoInfer<N>
  States: { [K in N]: State<NoInfer<N>> }
}): StateMachineDefinition {
  return definition
}
