/** What the engine logs, as far as it is used here. */
interface EngineEvent {
  type: string
  timestamp: number
  index?: number
  input?: unknown
  output?: unknown
  Error?: string
  Cause?: unknown
  state?: { name: string; type: string; input: unknown; output?: unknown }
  parentState?: { name: string }
}

type Draft = { type: string; [details: string]: unknown }

/** The engine's log as Step Functions tells it: its names, its numbering, a Task as the Lambda call it is. */
export function historyOf(events: unknown[]) {
  const drafts = (events as EngineEvent[]).flatMap((event) =>
    draftsOf(event).map((draft) => ({ timestamp: event.timestamp / 1_000, ...draft })),
  )
  return drafts.map((draft, index) => ({ id: index + 1, previousEventId: index, ...draft }))
}

function draftsOf(event: EngineEvent): Draft[] {
  if (event.type.startsWith('Execution')) return [executionEvent(event)]
  if (event.type.startsWith('MapIteration')) return [mapEvent(event)]
  if (event.type.startsWith('State')) return stateEvents(event)
  return [{ type: event.type }]
}

function executionEvent(event: EngineEvent): Draft {
  if (event.type === 'ExecutionStarted') {
    return { type: event.type, executionStartedEventDetails: { input: json(event.input) } }
  }
  if (event.type === 'ExecutionSucceeded') {
    return { type: event.type, executionSucceededEventDetails: { output: json(event.output) } }
  }
  if (event.type === 'ExecutionFailed') return { type: event.type, executionFailedEventDetails: faultOf(event) }
  return { type: event.type === 'ExecutionTimeout' ? 'ExecutionTimedOut' : event.type }
}

function mapEvent(event: EngineEvent): Draft {
  const details = `m${event.type.slice(1)}EventDetails`
  return { type: event.type, [details]: { name: event.parentState?.name, index: event.index } }
}

function stateEvents(event: EngineEvent): Draft[] {
  const { name = '', type = '', input, output } = event.state ?? {}
  const isTask = type === 'Task'
  const call: Draft[] = isTask ? [{ type: 'LambdaFunctionScheduled' }, { type: 'LambdaFunctionStarted' }] : []
  switch (event.type) {
    case 'StateEntered':
      return [{ type: `${type}StateEntered`, stateEnteredEventDetails: { name, input: json(input) } }, ...call]
    case 'StateExited': {
      const succeeded = { type: 'LambdaFunctionSucceeded', lambdaFunctionSucceededEventDetails: {} }
      const exited = { type: `${type}StateExited`, stateExitedEventDetails: { name, output: json(output) } }
      return isTask ? [succeeded, exited] : [exited]
    }
    case 'StateRetried':
      return call
    case 'StateFailed':
      return isTask
        ? [{ type: 'LambdaFunctionFailed', lambdaFunctionFailedEventDetails: faultOf(event) }]
        : [{ type: `${type}StateFailed` }]
    default:
      return []
  }
}

const json = (value: unknown) => JSON.stringify(value) ?? 'null'
const faultOf = ({ Error: error, Cause: cause }: EngineEvent) => ({
  error,
  cause: typeof cause === 'string' ? cause : json(cause),
})
