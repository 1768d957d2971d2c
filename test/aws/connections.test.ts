import { registerHooks } from 'node:module'
import { expect } from 'chai'
import { createSandbox } from 'sinon'
import { connections } from '../../aws/connections.ts'
import { answering } from '../support/aws-client.ts'

const PLACE = { region: 'eu-west-1', credentials: { accessKeyId: 'none', secretAccessKey: 'none' } }

/** What a client of the SDK was made with. */
const configOf = (client: unknown) => (client as { config: Record<string, (() => Promise<unknown>) & object> }).config

describe('the connections to AWS', () => {
  const sandbox = createSandbox()
  afterEach(() => sandbox.restore())

  it('are made of what is given, each once', async () => {
    const aws = connections({ ...PLACE, maxAttempts: 7 })
    const sns = await aws.sns()
    expect(await aws.sns()).to.equal(sns)
    expect(await configOf(sns).region?.()).to.equal('eu-west-1')
    expect(await configOf(sns).maxAttempts?.()).to.equal(7)
    aws.close()
  })

  it('leave to the SDK what is not given', async () => {
    const aws = connections({ ...PLACE, endpoint: undefined, maxAttempts: undefined })
    expect(await configOf(await aws.sns()).maxAttempts?.()).to.equal(3)
    aws.close()
  })

  it('do not wait for ever for an answer, and for a queue longer than its longest poll', async () => {
    const aws = connections(PLACE)
    const timeoutOf = async (client: unknown) => {
      const handler = configOf(client).requestHandler as unknown as { configProvider: Promise<Record<string, unknown>> }
      const { requestTimeout, throwOnRequestTimeout } = await handler.configProvider
      expect(throwOnRequestTimeout).to.equal(true)
      return requestTimeout
    }
    expect(await timeoutOf(await aws.sns())).to.equal(10_000)
    expect(await timeoutOf(await aws.dynamodb())).to.equal(10_000)
    expect(await timeoutOf(await aws.sqs())).to.be.above(20_000)
    aws.close()
  })

  it('find a queue where the stack is, whatever its URL says', async () => {
    const aws = connections(PLACE)
    expect(configOf(await aws.sqs()).useQueueUrlAsEndpoint).to.equal(false)
    aws.close()
  })

  it('are closed together, each once', async () => {
    const aws = connections(PLACE)
    const [sns, dynamodb, sqs] = await Promise.all([aws.sns(), aws.dynamodb(), aws.sqs()])
    const handlers = [sns, dynamodb, sqs].map((client) => configOf(client).requestHandler as { destroy?(): void })
    const destroyed = handlers.map((handler) => sandbox.spy(handler, 'destroy'))
    aws.close()
    aws.close()
    expect(destroyed.map(({ callCount }) => callCount)).to.deep.equal([1, 1, 1])
  })

  it('tell what to install where the package that a queue needs is missing', async () => {
    const cause = new Error('not there')
    const missing = registerHooks({
      resolve(specifier, context, next) {
        if (specifier === '@aws-sdk/client-sqs') throw cause
        return next(specifier, context)
      },
    })
    // Anew: Node remembers where the one above has found its packages.
    const module: string = '../../aws/connections.ts?without-sqs'
    const aws: ReturnType<typeof connections> = (await import(module)).connections(PLACE)
    const fault = await aws.sqs().catch((error: unknown) => error)
    missing.deregister()
    expect(fault).to.include({ code: 'PACKAGE_MISSING', cause })
    expect(fault)
      .to.have.property('message')
      .that.matches(/^tail needs a package that is not installed: npm install "@aws-sdk\/client-sqs@\^3\.\d+\.\d+"$/)
  })

  it('are those of the user where there are any, and stay open then', async () => {
    let destroyed = 0
    const own = () => ({ ...answering(() => ({})), destroy: () => destroyed++ })
    const clients = { sns: own(), dynamodb: own(), sqs: own() }
    const aws = connections({ clients })
    expect(await aws.sns()).to.equal(clients.sns)
    expect(await aws.dynamodb()).to.equal(clients.dynamodb)
    expect(await aws.sqs()).to.equal(clients.sqs)
    aws.close()
    expect(destroyed).to.equal(0)
  })
})
