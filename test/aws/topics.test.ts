import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type SNSClient, SNSServiceException } from '@aws-sdk/client-sns'
import { expect } from 'chai'
import { snsClient, topics } from '../../aws/topics.ts'
import type { FailureCode } from '../../core/errors.ts'
import { topicsInMemory } from '../memory/topics.ts'
import { anEvent, MINUTE_MS, topicArn } from '../support/builders.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { type Fauxqs, startFauxqs } from '../support/fauxqs.ts'
import { behavesLikeTopics } from './behaves-like-topics.ts'

behavesLikeTopics('in memory', async () => {
  const fake = topicsInMemory({ clock: fakeClock(MINUTE_MS) })
  const unknown = topicArn('unknown')
  fake.fail(unknown, 'TARGET_NOT_FOUND')
  const taken = async () => fake.received(topicArn()).map(({ payload, attributes }) => ({ payload, attributes }))
  const noticed = async () => fake.noticeMessages(topicArn())[0] ?? { body: '', attributes: {} }
  return { topics: fake, target: topicArn(), unknown, taken, noticed }
})

describe('on fauxqs', () => {
  let sns: Fauxqs
  let made = 0
  before(async () => {
    sns = await startFauxqs()
  })
  after(() => sns.stop())

  behavesLikeTopics('on fauxqs', async () => {
    const { arn, receive } = await sns.createTopic(`target-${++made}`)
    const taken = async (count: number) =>
      (await receive(count)).map(({ Body = '', MessageAttributes = {} }) => {
        const attributes = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue])
        return { payload: Body, attributes: Object.fromEntries(attributes) }
      })
    const noticed = async () => {
      const [notice = { payload: '', attributes: {} }] = await taken(1)
      return { body: notice.payload, attributes: notice.attributes }
    }
    return { topics: topics(sns.client), target: arn, unknown: `${arn}-unknown`, taken, noticed }
  })
})

describe('failures of SNS', () => {
  const permanent: [string, FailureCode][] = [
    ['NotFoundException', 'TARGET_NOT_FOUND'],
    ['AuthorizationErrorException', 'TARGET_DENIED'],
    ['KMSAccessDeniedException', 'TARGET_DENIED'],
    ['AccessDeniedException', 'TARGET_DENIED'],
    ['InvalidSecurityException', 'TARGET_DENIED'],
    ['InvalidParameterException', 'TARGET_REFUSED'],
    ['InvalidParameterValueException', 'TARGET_REFUSED'],
    ['ValidationException', 'TARGET_REFUSED'],
  ]
  const transient = [
    'ThrottledException',
    'KMSThrottlingException',
    'InternalErrorException',
    'TimeoutError',
    'ECONNRESET',
  ]

  for (const [name, code] of permanent)
    it(`are ${code} for ${name}`, async () => {
      expect(await codes(answeringWith(name))).to.deep.equal([code, code])
    })

  for (const name of transient)
    it(`may be mended by another attempt for ${name}`, async () => {
      expect(await codes(answeringWith(name))).to.deep.equal(['TARGET_UNAVAILABLE', 'TARGET_UNAVAILABLE'])
    })

  it('keep name and message for people', async () => {
    const [result] = await topics(answeringWith('NotFoundException')).publish(topicArn(), [anEvent()])
    expect(result).to.have.property('error', 'NotFoundException: a message')
  })

  it('may be mended by another attempt when what was thrown is no error', async () => {
    for (const thrown of ['a word', null]) {
      const client = { send: () => Promise.reject(thrown) } as unknown as SNSClient
      const [result] = await topics(client).publish(topicArn(), [anEvent()])
      expect(result).to.deep.equal({ ok: false, code: 'TARGET_UNAVAILABLE', error: `Unknown: ${thrown}` })
    }
  })

  describe('of single entries of a batch', () => {
    it('concern those entries alone', async () => {
      const client = answeringFor([{ Id: '1', Code: 'NotFound', SenderFault: true }])
      expect(await codes(client)).to.deep.equal(['ok', 'TARGET_NOT_FOUND'])
    })

    for (const [code, meaning] of [
      ['NotFound', 'TARGET_NOT_FOUND'],
      ['AuthorizationError', 'TARGET_DENIED'],
      ['AccessDenied', 'TARGET_DENIED'],
      ['InvalidSecurity', 'TARGET_DENIED'],
      ['KMSAccessDenied', 'TARGET_DENIED'],
      ['InvalidParameter', 'TARGET_REFUSED'],
      ['InvalidParameterValue', 'TARGET_REFUSED'],
      ['ParameterValueInvalid', 'TARGET_REFUSED'],
    ] as const)
      it(`are ${meaning} for ${code}, whosever fault it is`, async () => {
        for (const SenderFault of [true, false])
          expect(await codes(answeringFor([{ Id: '1', Code: code, SenderFault }]))).to.deep.equal(['ok', meaning])
      })

    it('keep code and message for people, where there are any', async () => {
      const entries = [{ Id: '0', Code: 'NotFound', Message: 'a message' }, { Id: '1' }]
      const results = await topics(answeringFor(entries)).publish(topicArn(), [anEvent(), anEvent()])
      expect(results).to.deep.equal([
        { ok: false, code: 'TARGET_NOT_FOUND', error: 'NotFound: a message' },
        { ok: false, code: 'TARGET_UNAVAILABLE', error: 'Unknown: ' },
      ])
    })

    it('are the target’s refusal when the sender is at fault', async () => {
      const client = answeringFor([{ Id: '0', Code: 'SomethingNew', SenderFault: true }])
      expect(await codes(client)).to.deep.equal(['TARGET_REFUSED', 'ok'])
    })

    it('may be mended by another attempt when SNS is at fault', async () => {
      const client = answeringFor([{ Id: '0', Code: 'SomethingNew', SenderFault: false }])
      expect(await codes(client)).to.deep.equal(['TARGET_UNAVAILABLE', 'ok'])
    })

    it('may be mended by another attempt when throttled, though SNS calls that the sender’s fault', async () => {
      const client = answeringFor([{ Id: '0', Code: 'Throttled', SenderFault: true }])
      expect(await codes(client)).to.deep.equal(['TARGET_UNAVAILABLE', 'ok'])
    })
  })
})

describe('a connection to SNS', () => {
  for (const code of ['ECONNRESET', 'EPIPE'])
    it(`that was closed while idle is replaced at once, and once: ${code}`, async () => {
      const once = failing([code])
      expect(await codes(once.client)).to.deep.equal(['ok', 'ok'])
      const twice = failing([code, code])
      expect(await codes(twice.client)).to.deep.equal(['TARGET_UNAVAILABLE', 'TARGET_UNAVAILABLE'])
      expect([once.calls(), twice.calls()]).to.deep.equal([2, 2])
    })

  it('that fails in another way is left to the delivery', async () => {
    const { client, calls } = failing(['ETIMEDOUT'])
    expect(await codes(client)).to.deep.equal(['TARGET_UNAVAILABLE', 'TARGET_UNAVAILABLE'])
    expect(calls()).to.equal(1)
  })

  it('is kept open, beside hundreds of others', async () => {
    const { configProvider } = snsClient().config.requestHandler as unknown as { configProvider: Promise<Agents> }
    const { httpAgentProvider, httpsAgent } = await configProvider
    for (const { maxSockets, options } of [await httpAgentProvider(), httpsAgent]) {
      expect(maxSockets).to.be.within(500, 1_000)
      expect(options).to.have.property('keepAlive', true)
    }
  })
})

describe('a client of SNS', () => {
  it('leaves retries to the delivery, which knows what they cost other targets', async () => {
    let requests = 0
    const server = createServer((request, response) => {
      requests++
      request.resume().on('end', () => response.writeHead(503).end())
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const client = snsClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    })
    try {
      expect(await codes(client)).to.deep.equal(['TARGET_UNAVAILABLE', 'TARGET_UNAVAILABLE'])
      expect(requests).to.equal(1)
    } finally {
      client.destroy()
      server.closeAllConnections()
      server.close()
    }
  })
})

type Agent = { maxSockets: number; options: object }

interface Agents {
  httpsAgent: Agent
  httpAgentProvider: () => Promise<Agent>
}

/** A client whose first calls fail with these codes. */
function failing(failures: readonly string[]) {
  let calls = 0
  const send = async () => {
    const code = failures[calls++]
    if (code) throw Object.assign(new Error('socket hang up'), { code })
    return {}
  }
  return { client: { send } as unknown as SNSClient, calls: () => calls }
}

async function codes(client: SNSClient): Promise<string[]> {
  const results = await topics(client).publish(topicArn(), [anEvent(), anEvent()])
  return results.map((result) => (result.ok ? 'ok' : result.code))
}

function answeringWith(name: string): SNSClient {
  const error = new SNSServiceException({ name, message: 'a message', $fault: 'client', $metadata: {} })
  return { send: () => Promise.reject(error) } as unknown as SNSClient
}

function answeringFor(Failed: object[]): SNSClient {
  return { send: async () => ({ Successful: [], Failed }) } as unknown as SNSClient
}
