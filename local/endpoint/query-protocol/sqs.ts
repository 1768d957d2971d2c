import type { IncomingMessage } from 'node:http'
import type { App } from '../../fauxqs.ts'
import { AwsError } from '../aws-error.ts'
import type { Handle } from '../endpoint.ts'
import { errorXml } from '../xml.ts'
import { answerXml } from './answer.ts'
import { type Form, read } from './form.ts'
import { atRoot, sendsForm } from './form-request.ts'
import { SQS_ACTIONS } from './sqs-actions.ts'
import { queryCodeOf } from './sqs-errors.ts'

type Failed = { __type?: string; message?: string }

/**
 * SQS for every client: fauxqs speaks the JSON protocol; clients from before the end of 2023 speak the query protocol,
 * a form in and XML out. A request of theirs is translated on its way in and the answer on its way out, so both are
 * served by the same code.
 */
export function sqsService(app: App): Handle {
  const queries = new WeakSet<IncomingMessage>()
  app.addHook('preHandler', (request, reply, done) => {
    try {
      if (!queries.has(request.raw)) {
        const target = request.headers['x-amz-target']
        if (typeof target === 'string' && target.startsWith('AmazonSQS.')) actionOf(target.slice('AmazonSQS.'.length))
        return done()
      }
      const form = { ...(request.query as Form), ...(request.body as Form | undefined) }
      const action = form.Action ?? ''
      request.body = read(actionOf(action).request, form)
      reply.serializer((answer: Failed) => {
        reply.header('content-type', 'text/xml')
        const { __type, message = '' } = answer
        if (__type) return errorXml({ code: queryCodeOf(__type), message, status: reply.statusCode })
        return answerXml(action, SQS_ACTIONS[action]?.answer, answer)
      })
      Object.assign(request.headers, {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AmazonSQS.${action}`,
      })
      done()
    } catch (error) {
      done(error as Error)
    }
  })
  // fauxqs has one code for all errors here, which newer clients show.
  app.addHook('preSerialization', (_request, reply, payload: Failed | null, done) => {
    const type = payload?.__type
    if (type)
      reply.header('x-amzn-query-error', `${queryCodeOf(type)};${reply.statusCode < 500 ? 'Sender' : 'Receiver'}`)
    done(null, payload)
  })
  return (request, response) => {
    if (sendsForm(request)) queries.add(request)
    app.routing(atRoot(request), response)
  }
}

function actionOf(name: string) {
  if (!name) throw new AwsError('MissingAction', 'the request names no action')
  const action = Object.hasOwn(SQS_ACTIONS, name) ? SQS_ACTIONS[name] : undefined
  if (action) return action
  throw new AwsError('InvalidAction', `the local SQS has no ${name}, only ${Object.keys(SQS_ACTIONS).join(', ')}`)
}
