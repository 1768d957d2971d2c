import { arnOf } from '../../local/aws-account.ts'
import type { EndpointClient } from './endpoint.ts'

export const topicArn = (name: string) => arnOf('sns', name)

export interface Entry {
  message: string
  attributes?: Record<string, string>
}

const HEADERS = {
  'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
  authorization: 'AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/sns/aws4_request',
}

/** The calls of SNS that a benchmark makes. */
export function snsClient(client: EndpointClient) {
  const call = async (form: Record<string, string>): Promise<string> => {
    const { status, body } = await client.post(
      '/',
      HEADERS,
      new URLSearchParams({ Version: '2010-03-31', ...form }).toString(),
    )
    if (status !== 200) throw new Error(`SNS answers ${status}: ${body.slice(0, 300)}`)
    return body
  }
  return {
    createTopic: (Name: string) => call({ Action: 'CreateTopic', Name }),
    subscribeQueue: (TopicArn: string, Endpoint: string) =>
      call({
        Action: 'Subscribe',
        TopicArn,
        Protocol: 'sqs',
        Endpoint,
        'Attributes.entry.1.key': 'RawMessageDelivery',
        'Attributes.entry.1.value': 'true',
      }),
    /** At most ten. @returns how many were taken */
    async publishBatch(TopicArn: string, entries: readonly Entry[]): Promise<number> {
      const form: Record<string, string> = { Action: 'PublishBatch', TopicArn }
      entries.forEach(({ message, attributes = {} }, i) => {
        const prefix = `PublishBatchRequestEntries.member.${i + 1}.`
        form[`${prefix}Id`] = String(i)
        form[`${prefix}Message`] = message
        Object.entries(attributes).forEach(([name, value], j) => {
          const attribute = `${prefix}MessageAttributes.entry.${j + 1}.`
          form[`${attribute}Name`] = name
          form[`${attribute}Value.DataType`] = 'String'
          form[`${attribute}Value.StringValue`] = value
        })
      })
      return (await call(form)).split('<MessageId>').length - 1
    },
  }
}
export type SnsClient = ReturnType<typeof snsClient>
