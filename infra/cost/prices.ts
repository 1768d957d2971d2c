/** What AWS asks for something, and where that is said. */
export interface Price {
  /** US dollars. */
  dollars: number
  /** For so many. */
  per: number
  of: string
  source: string
}

const PRICE_LIST = 'AWS Price List, us-east-1, September 2026'
const MILLION = 1_000_000

/** List prices of us-east-1 in US dollars, first tiers, without free tiers. */
export const PRICES = {
  snsRequest: { dollars: 0.5, per: MILLION, of: 'SNS requests, each of 64 KB at most', source: PRICE_LIST },
  sqsRequest: { dollars: 0.4, per: MILLION, of: 'SQS requests, each of 64 KB at most', source: PRICE_LIST },
  lambdaRequest: { dollars: 0.2, per: MILLION, of: 'invocations', source: PRICE_LIST },
  lambdaGbSecond: { dollars: 13.3334, per: MILLION, of: 'GB-seconds of Lambda on arm64', source: PRICE_LIST },
  transition: { dollars: 25, per: MILLION, of: 'state transitions of Standard executions', source: PRICE_LIST },
  expressRequest: { dollars: 1, per: MILLION, of: 'Express executions', source: PRICE_LIST },
  expressGbSecond: { dollars: 16.67, per: MILLION, of: 'GB-seconds of Express executions', source: PRICE_LIST },
  writeUnit: { dollars: 0.625, per: MILLION, of: 'write units of DynamoDB on demand, 1 KB each', source: PRICE_LIST },
  readUnit: { dollars: 0.125, per: MILLION, of: 'read units of DynamoDB on demand, 4 KB each', source: PRICE_LIST },
  storedGbMonth: { dollars: 0.25, per: 1, of: 'GB-months in DynamoDB', source: PRICE_LIST },
  backedUpGbMonth: {
    dollars: 0.2,
    per: 1,
    of: 'GB-months of point-in-time recovery',
    source: 'derived from the AWS Price List, us-west-2, September 2026',
  },
  logGb: { dollars: 0.5, per: 1, of: 'GB of logs taken in', source: 'CloudWatch pricing' },
  metricMonth: { dollars: 0.3, per: 1, of: 'metrics for a month', source: 'AWS Price List, by a page that cites it' },
  alarmMonth: { dollars: 0.1, per: 1, of: 'alarms for a month', source: 'AWS Price List, by a page that cites it' },
  trace: { dollars: 5, per: MILLION, of: 'traces recorded', source: 'X-Ray pricing' },
  keyMonth: { dollars: 1, per: 1, of: 'keys for a month', source: 'KMS pricing' },
  keyRequest: { dollars: 0.03, per: 10_000, of: 'requests to a key', source: 'KMS pricing, by wring.co' },
  tick: { dollars: 1, per: MILLION, of: 'invocations by EventBridge Scheduler', source: 'cloudburn.io, March 2026' },
} satisfies Record<string, Price>

export type Priced = keyof typeof PRICES

/** What so many cost, US dollars. */
export function dollarsFor(count: number, priced: Priced): number {
  const { dollars, per } = PRICES[priced]
  return (count * dollars) / per
}
