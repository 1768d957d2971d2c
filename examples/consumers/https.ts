import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'

const sns = new SNSClient()
const TOPIC = process.env.OUTPUT_TOPIC_ARN ?? 'arn:aws:sns:us-east-1:000000000000:scheduler-output-local'

const PORT = Number(process.env.PORT ?? 8080)

/**
 * Takes what SNS posts. On AWS check the signature of each message first, for example with `sns-validator`: anybody may
 * post to an address in the open.
 */
const server = createServer(async (request, response) => {
  const message = JSON.parse(await text(request))
  // The first message asks whether the endpoint wants to be subscribed: its owner says so by opening the link.
  if (message.Type === 'SubscriptionConfirmation') await fetch(message.SubscribeURL)
  if (message.Type === 'Notification')
    console.log(
      `${message.MessageAttributes.event_id.Value} due ${message.MessageAttributes.due.Value}: ${message.Message}`,
    )
  // Anything but a success has SNS try again.
  response.writeHead(200).end()
})

server.listen(PORT, '127.0.0.1', async () => {
  const { port } = server.address() as AddressInfo
  // On AWS: the address that the endpoint has from outside. The local stack delivers to this machine alone.
  const ENDPOINT = process.env.ENDPOINT ?? `http://127.0.0.1:${port}/events`
  await sns.send(new SubscribeCommand({ TopicArn: TOPIC, Protocol: ENDPOINT.split(':')[0], Endpoint: ENDPOINT }))
  console.log('ready')
})
