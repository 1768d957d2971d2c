import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { documentClient } from '../../aws/events-table.ts'
import { retriesInTime } from '../../aws/table-retries.ts'
import { BULK_MS, TABLE_CALL_MS, TABLE_TIMEOUT_MS, TIMEOUT_SECONDS } from '../../core/timetable.ts'
import { seededRandom } from '../support/random.ts'

type Failure = Parameters<ReturnType<typeof retriesInTime>['refreshRetryTokenForRetry']>[1]

/** A request that has failed, as the SDK tells of it. */
const failed = (errorType: Failure['errorType'], name = 'Error') =>
  ({ errorType, error: Object.assign(new Error('failed'), { name }) }) as Failure

const throttled = failed('THROTTLING')
const unanswered = failed('TRANSIENT', 'TimeoutError')

/** The delays before each further attempt of a request that fails like this every time. */
async function delaysOf(failure: Failure, random: () => number): Promise<number[]> {
  const retries = retriesInTime(random)
  const delays: number[] = []
  for (let token = await retries.acquireInitialRetryToken(''); ; delays.push(token.getRetryDelay())) {
    const next = await retries.refreshRetryTokenForRetry(token, failure).catch(() => undefined)
    if (!next) return delays
    token = next
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

describe('the retries of a request to the table', () => {
  it('wait longer each time, up to a second, while it is throttled', async () => {
    expect(await delaysOf(throttled, () => 1)).to.deep.equal([50, 100, 200, 400, 800, 1_000, 1_000])
    expect((await delaysOf(throttled, () => 0.5)).slice(0, 3)).to.deep.equal([25, 50, 100])
  })

  for (const [what, failure, costMs] of [
    ['throttled', throttled, 0],
    ['not answered', unanswered, TABLE_TIMEOUT_MS],
  ] as const)
    it(`end within seven seconds when it is ${what}, and even if the last attempt then is not answered`, async () => {
      for (let seed = 1; seed <= 50; seed++) {
        const delays = await delaysOf(failure, seededRandom(seed))
        expect(delays).to.not.deep.equal([])
        expect(sum(delays) + delays.length * costMs + TABLE_TIMEOUT_MS).to.be.at.most(TABLE_CALL_MS)
      }
    })

  it('leave a request alone that is refused', async () => {
    const retries = retriesInTime(() => 0)
    const refused = failed('CLIENT_ERROR')
    const again = retries.refreshRetryTokenForRetry(await retries.acquireInitialRetryToken(''), refused)
    expect(await again.catch((fault: unknown) => fault)).to.equal(refused.error)
  })

  it('leave a bulk of reads and one of writes within the time of the validator', () => {
    expect(2 * (BULK_MS + TABLE_CALL_MS)).to.be.below(TIMEOUT_SECONDS.validator * 1_000)
  })

  it('are those of the client', async () => {
    const answers = ['ThrottlingException', 'InternalServerError', undefined]
    const server = createServer((_, response) => {
      const type = answers.shift()
      response.writeHead(type === undefined ? 200 : type === 'ThrottlingException' ? 400 : 500)
      response.end(JSON.stringify(type ? { __type: `com.amazonaws.dynamodb.v20120810#${type}` } : {}))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    let drawn = 0
    const random = () => {
      drawn++
      return 0
    }
    const credentials = { accessKeyId: 'none', secretAccessKey: 'none' }
    const client = documentClient(random, { endpoint, region: 'us-east-1', credentials })
    await client.send(new GetCommand({ TableName: 'events', Key: { pk: 'a', sk: 'b' } }))
    expect([answers, drawn]).to.deep.equal([[], 2])
    server.close()
  })
})
