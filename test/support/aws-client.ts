import type { AwsClient } from '../../aws/aws-client.ts'

/** A call as a client of the SDK is given it. */
export interface Call {
  /** Of the command, such as `PublishCommand`. */
  name: string
  input: Record<string, unknown>
}

/** A client of the SDK that remembers its calls, and answers as it is told. */
export function answering(answer: (call: Call) => object | Promise<object>): AwsClient & { calls: Call[] } {
  const calls: Call[] = []
  return {
    calls,
    async send(command) {
      const { name } = command.constructor
      const { input } = command as { input: Call['input'] }
      calls.push({ name, input })
      return answer({ name, input })
    },
  }
}

/** An error as SDKs throw it. */
export const awsError = (name: string, message = 'scripted') => Object.assign(new Error(message), { name })

interface Entry {
  Id: string
  Message: string
}

/** What SNS answers to a publish that it takes, or of whose entries it takes some. */
export function published({ name, input }: Call, failing: (message: string) => object | undefined = () => undefined) {
  if (name === 'PublishCommand') return { MessageId: `id-${input.Message}` }
  const entries = input.PublishBatchRequestEntries as Entry[]
  const failed = entries.flatMap(({ Id, Message }) => {
    const failure = failing(Message)
    return failure ? [{ Id, ...failure }] : []
  })
  const taken = entries.filter(({ Id }) => !failed.some((one) => one.Id === Id))
  return { Successful: taken.map(({ Id, Message }) => ({ Id, MessageId: `id-${Message}` })), Failed: failed }
}

export const messagesOf = ({ input }: Call) =>
  (input.PublishBatchRequestEntries as Entry[]).map(({ Message }) => Message)
