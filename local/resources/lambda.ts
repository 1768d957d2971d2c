import { resolve } from 'node:path'
import { arnOf } from '../aws-account.ts'
import { filesOf } from '../lambda/archive.ts'
import { environmentOf } from '../lambda/variables.ts'
import { startEventSourceMapping } from '../triggers/event-source-mapping.ts'
import { type Handler, type Inputs, nameOf, type Parts, text } from './handler.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')

/**
 * Functions and what invokes them from queues. Roles, architecture, memory, concurrency and tracing are not applied.
 */
export const lambdaHandlers = (parts: Parts): Record<string, Handler> => ({
  async 'aws:lambda/function:Function'(logicalName, inputs) {
    const name = nameOf(logicalName, inputs)
    const arn = functionArn(name)
    if (inputs.layers || inputs.imageUri) throw new Error('the local stack runs functions without layers or images')
    const [module = '', exportName = ''] = text(inputs, 'handler').split('.')
    const code = (await filesOf(inputs.code)).get(`${module}.js`)
    if (code === undefined) throw new Error(`there is no ${module}.js in the function's archive`)
    parts.lambda.define({
      name,
      arn,
      code,
      exportName,
      filename: resolve(ROOT, name, `${module}.js`),
      timeoutMs: Number(inputs.timeout ?? 3) * 1_000,
      environment: environmentFor(name, inputs, parts),
    })
    return { id: name, state: { ...inputs, name, arn, version: '$LATEST', qualifiedArn: `${arn}:$LATEST` } }
  },
  'aws:lambda/eventSourceMapping:EventSourceMapping'(logicalName, inputs) {
    const responseTypes = (inputs.functionResponseTypes ?? []) as string[]
    const spec = {
      queueArn: text(inputs, 'eventSourceArn'),
      functionArn: functionArn(text(inputs, 'functionName')),
      batchSize: Number(inputs.batchSize ?? 10),
      windowMs: Number(inputs.maximumBatchingWindowInSeconds ?? 0) * 1_000,
      mostAtOnce: (inputs.scalingConfig as { maximumConcurrency?: number } | undefined)?.maximumConcurrency,
      reportsItemFailures: responseTypes.includes('ReportBatchItemFailures'),
    }
    parts.whenComplete(() => startEventSourceMapping(spec, parts.messaging.queues, parts.lambda))
    return { id: logicalName, state: { ...inputs, functionArn: spec.functionArn, uuid: logicalName } }
  },
})

function environmentFor(name: string, inputs: Inputs, { endpoints }: Parts): Record<string, string> {
  const { variables = {} } = (inputs.environment ?? {}) as { variables?: Record<string, string> }
  const { applicationLogLevel } = (inputs.loggingConfig ?? {}) as { applicationLogLevel?: string }
  const logLevel = applicationLogLevel ? { AWS_LAMBDA_LOG_LEVEL: applicationLogLevel } : {}
  return environmentOf(name, Number(inputs.memorySize ?? 128), { ...logLevel, ...variables }, endpoints)
}

const functionArn = (nameOrArn: string) =>
  nameOrArn.startsWith('arn:') ? nameOrArn : arnOf('lambda', `function:${nameOrArn}`)
