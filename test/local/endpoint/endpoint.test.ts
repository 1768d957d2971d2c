import {
  DynamoDBClient,
  ListTablesCommand,
  TransactWriteItemsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { expect } from 'chai'
import { clientConfig } from '../../../local/aws-account.ts'
import { CannotStart } from '../../../local/cannot-start.ts'
import { type DynamoDb, startDynamoDb } from '../../../local/dynamodb.ts'
import { dynamoDbProxy } from '../../../local/endpoint/dynamodb-proxy.ts'
import { jsonService, listen, serve } from '../../../local/endpoint/endpoint.ts'
import { errorOf } from '../support/client-error.ts'

const signedFor = (service: string, region = 'us-east-1') =>
  `AWS4-HMAC-SHA256 Credential=x/20261123/${region}/${service}/aws4_request, SignedHeaders=host, Signature=s`

describe('the local gateway', () => {
  let endpoint: string
  let dynamoDb: DynamoDb
  const stops: (() => unknown)[] = []

  before(async () => {
    dynamoDb = await startDynamoDb()
    const proxy = dynamoDbProxy(dynamoDb.endpoint)
    const gateway = await listen(0)
    endpoint = gateway.endpoint
    const fails = () => {
      throw new Error('a fault of ours')
    }
    serve(gateway.server, {
      dynamodb: proxy.handle,
      states: jsonService('Step Functions', { StartExecution: fails }),
      echo: (request, response) => response.end(request.headers.authorization),
    })
    stops.push(
      proxy.stop,
      () => gateway.server.closeAllConnections(),
      () => gateway.server.close(),
      dynamoDb.stop,
    )
  })
  after(async () => {
    for (const stop of stops) await stop()
  })

  const post = (headers: Record<string, string>, body = '{}') => fetch(endpoint, { method: 'POST', headers, body })
  const dynamoDbClient = () => new DynamoDBClient({ ...clientConfig(endpoint), maxAttempts: 1 })

  it('routes by the service a request is signed for', async () => {
    expect((await dynamoDbClient().send(new ListTablesCommand({}))).TableNames).to.deep.equal([])
  })

  it('routes an unsigned request by its target', async () => {
    const answer = await post({ 'x-amz-target': 'AWSStepFunctions.Nonsense' })
    expect(await answer.json()).to.have.property('__type', 'UnknownOperationException')
  })

  it('takes every region for its own', async () => {
    expect(await (await post({ authorization: signedFor('echo', 'eu-west-1') })).text()).to.equal(signedFor('echo'))
  })

  it('says which services there are to who wants another', async () => {
    const answer = await post({ authorization: signedFor('s3') })
    expect(answer.status).to.equal(501)
    const { __type, message } = (await answer.json()) as Record<string, string>
    expect(__type).to.equal('UnknownService')
    expect(message).to.contain('no service "s3", only dynamodb, states')
  })

  it('answers a form in XML', async () => {
    const headers = { authorization: signedFor('iam'), 'content-type': 'application/x-www-form-urlencoded' }
    expect(await (await post(headers, 'Action=ListUsers')).text()).to.contain('<Code>UnknownService</Code>')
  })

  for (const service of ['dynamodb', 'states']) {
    for (const body of ['{', 'null', '[]', '7']) {
      it(`refuses ${body} for ${service}`, async () => {
        const target = service === 'states' ? 'AWSStepFunctions.StartExecution' : 'DynamoDB_20120810.GetItem'
        const answer = await post({ authorization: signedFor(service), 'x-amz-target': target }, body)
        expect(answer.status).to.equal(400)
        expect(await answer.json()).to.have.property('__type', 'SerializationException')
      })
    }
  }

  it('answers a fault of its own as AWS does', async () => {
    const client = new SFNClient({ ...clientConfig(endpoint), maxAttempts: 1 })
    const error = await errorOf(client.send(new StartExecutionCommand({ stateMachineArn: 'x' })))
    expect(error.name).to.equal('InternalFailure')
  })

  it('takes settings of a table that have no effect here', async () => {
    const TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: true }
    const answer = await dynamoDbClient().send(new UpdateTimeToLiveCommand({ TableName: 't', TimeToLiveSpecification }))
    expect(answer.TimeToLiveSpecification).to.deep.equal(TimeToLiveSpecification)
  })

  it('says what its DynamoDB does not have', async () => {
    const error = await errorOf(dynamoDbClient().send(new TransactWriteItemsCommand({ TransactItems: [] })))
    expect(error.name).to.equal('UnknownOperationException')
    expect(error.message).to.contain('TransactWriteItems')
  })

  it('refuses a request that names no service', async () => {
    expect((await post({})).status).to.equal(403)
  })

  it('asks clients to come again while the stack starts', async () => {
    const { server, endpoint: starting } = await listen(0)
    serve(server)
    const answer = await fetch(starting, { method: 'POST', headers: { authorization: signedFor('sqs') }, body: '{}' })
    expect(answer.status).to.equal(503)
    expect(await answer.json()).to.have.property('__type', 'ServiceUnavailable')
    server.closeAllConnections()
    server.close()
  })

  it('says what to do when its port is in use', async () => {
    const error = await errorOf(listen(Number(new URL(endpoint).port)))
    expect(error).to.be.instanceOf(CannotStart)
    expect(error.message).to.match(/^port \d+ is in use: .*--port/)
  })

  // Of a network that is for documentation alone. Source: RFC 5737.
  for (const host of ['192.0.2.1', 'no-such-host.invalid']) {
    it(`says what to do when it cannot listen on ${host}`, async () => {
      const error = await errorOf(listen(0, host))
      expect(error).to.be.instanceOf(CannotStart)
      expect(error.message).to.contain(host).and.contain('another --host')
    })
  }

  for (const host of ['0.0.0.0', '::']) {
    it(`is reached on this machine by its loopback address when it listens on ${host}`, async () => {
      const { server, endpoint: reached } = await listen(0, host)
      expect(reached).to.match(/^http:\/\/127\.0\.0\.1:\d+$/)
      server.close()
    })
  }
})
