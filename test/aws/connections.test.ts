import { expect } from 'chai'
import { connections } from '../../aws/connections.ts'
import { answering } from '../support/aws-client.ts'

const PLACE = { region: 'eu-west-1', credentials: { accessKeyId: 'none', secretAccessKey: 'none' } }

/** What a client of the SDK was made with. */
const configOf = (client: unknown) => (client as { config: Record<string, (() => Promise<unknown>) & object> }).config

describe('the connections to AWS', () => {
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

  it('are those of the user where there are any, and stay open then', async () => {
    let destroyed = 0
    const own = () => ({ ...answering(() => ({})), destroy: () => destroyed++ })
    const clients = { sns: own(), sqs: own() }
    const aws = connections({ clients })
    expect(await aws.sns()).to.equal(clients.sns)
    expect(await aws.sqs()).to.equal(clients.sqs)
    aws.close()
    expect(destroyed).to.equal(0)
  })
})
