import type { IncomingMessage } from 'node:http'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Handle } from '../endpoint/endpoint.ts'
import { read } from '../endpoint/query-protocol/form.ts'
import { atRoot, sendsForm } from '../endpoint/query-protocol/form-request.ts'
import { pairs, text } from '../endpoint/query-protocol/shapes.ts'
import { serviceOf } from '../endpoint/route.ts'
import type { App, SnsStore, SqsStore } from '../fauxqs.ts'
import type { FanOut } from './fan-out.ts'
import { hidePending } from './pending.ts'
import type { PublishForm as Form } from './publish-form.ts'
import { handOn, nothingPublished, type Published, preparePublish, withRefused } from './publishing.ts'
import { checkAttributes } from './subscriptions.ts'

/** The actions that fauxqs has of the services that speak the query protocol here. */
const ACTIONS: Record<string, string[]> = {
  sts: ['GetCallerIdentity'],
  sns: 'Publish PublishBatch Subscribe ConfirmSubscription Unsubscribe ListSubscriptions ListSubscriptionsByTopic GetSubscriptionAttributes SetSubscriptionAttributes CreateTopic DeleteTopic ListTopics GetTopicAttributes SetTopicAttributes TagResource UntagResource ListTagsForResource'.split(
    ' ',
  ),
}

const ATTRIBUTES = pairs(text, 'key', 'value', 'Attributes.entry')

interface Parts {
  topics: SnsStore
  queues: SqsStore
  fanOut: FanOut
}

/** SNS, and the one call of STS, for clients: what fauxqs lacks is done before and after it. */
export function snsService(app: App, { topics, queues, fanOut }: Parts): Handle {
  const publishing = new WeakMap<IncomingMessage, Published>()

  function prepare(raw: IncomingMessage, form: Form): string | undefined {
    const { Action = '', AttributeName = '', AttributeValue = '' } = form
    if (Action === 'Subscribe') checkAttributes((read(ATTRIBUTES, form) ?? {}) as Form, queues)
    if (Action === 'SetSubscriptionAttributes') checkAttributes({ [AttributeName]: AttributeValue }, queues)
    if (Action !== 'Publish' && Action !== 'PublishBatch') return checkAction(raw, Action)
    const published = preparePublish(form, Number(raw.headers['content-length'] ?? Number.POSITIVE_INFINITY), fanOut)
    if (!published) return undefined
    publishing.set(raw, published)
    const nothingGood = published.refused.length > 0 && !Object.keys(form).some((key) => key.endsWith('.Message'))
    return nothingGood ? nothingPublished() : undefined
  }

  app.addHook('preHandler', (request, reply, done) => {
    if (!sendsForm(request.raw)) return done()
    try {
      const form = Object.assign((request.body ?? {}) as Form, request.query)
      request.body = form
      const answer = prepare(request.raw, form)
      if (answer === undefined) done()
      else reply.header('content-type', 'text/xml').send(answer)
    } catch (error) {
      done(error as Error)
    }
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    const form = request.body as Form | undefined
    if (typeof payload !== 'string' || reply.statusCode !== 200 || !form?.Action) return done(null, payload)
    const published = publishing.get(request.raw)
    if (published) handOn(published, payload, fanOut)
    done(null, published ? withRefused(payload, published) : hidePending(form, payload, topics))
  })
  return (request, response) => app.routing(atRoot(request), response)
}

function checkAction(request: IncomingMessage, action: string): undefined {
  const service = serviceOf(request) === 'sts' ? 'sts' : 'sns'
  const known = ACTIONS[service] as string[]
  if (known.includes(action)) return
  if (!action) throw new AwsError('MissingAction', 'the request names no action')
  throw new AwsError('InvalidAction', `the local ${service.toUpperCase()} has no ${action}, only ${known.join(', ')}`)
}
