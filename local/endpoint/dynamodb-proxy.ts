import { Agent, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { AwsError } from './aws-error.ts'
import { answerError, answerJson, bodyOf, parseObject } from './json-protocol.ts'
import { operationOf } from './route.ts'

type Answer = (request: Record<string, unknown>) => object

/** What dynalite lacks and an infrastructure tool or a curious user may call: taken note of, without effect. */
const WITHOUT_EFFECT: Record<string, Answer> = {
  UpdateTimeToLive: ({ TimeToLiveSpecification }) => ({ TimeToLiveSpecification }),
  DescribeTimeToLive: () => ({ TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } }),
  UpdateContinuousBackups: () => ({ ContinuousBackupsDescription: { ContinuousBackupsStatus: 'DISABLED' } }),
  DescribeContinuousBackups: () => ({ ContinuousBackupsDescription: { ContinuousBackupsStatus: 'DISABLED' } }),
  ListTagsOfResource: () => ({ Tags: [] }),
  TagResource: () => ({}),
  UntagResource: () => ({}),
}

const KNOWN = new Set(
  'BatchGetItem BatchWriteItem CreateTable DeleteItem DeleteTable DescribeTable GetItem ListTables PutItem Query Scan UpdateItem UpdateTable'.split(
    ' ',
  ),
)

/** Hands DynamoDB requests of clients to dynalite in its thread; the functions call it without this detour. */
export function dynamoDbProxy(endpoint: string) {
  const agent = new Agent({ keepAlive: true })

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = operationOf(request)
    const body = await bodyOf(request)
    // dynalite would crash on JSON that is no object.
    const parsed = parseObject(body)
    const answer = WITHOUT_EFFECT[operation]
    if (answer) return answerJson(response, 200, answer(parsed))
    if (!KNOWN.has(operation)) {
      throw new AwsError(
        'UnknownOperationException',
        `the local DynamoDB (dynalite) has no ${operation || 'such call'}`,
      )
    }
    forward(request, response, body)
  }

  function forward({ method, headers }: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const upstream = send(endpoint, { agent, method: method ?? 'POST', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    upstream.on('error', (error) => answerError({ headers } as IncomingMessage, response, error))
    upstream.end(body)
  }

  return { handle, stop: () => agent.destroy() }
}
