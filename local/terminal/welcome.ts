import { resolve } from 'node:path'
import { ACCOUNT, arnOf, clientEnvironment } from '../aws-account.ts'
import type { Local } from '../start-local.ts'
import { counted } from './counted.ts'

const QUEUE = 'my-queue'

/** What someone who sees the stack for the first time needs: where it is, and something to try. */
export function welcome({ endpoint, outputs, resumed }: Local, dataDir: string): string[] {
  return [
    '',
    'aws-scheduler on this machine: the deployed program on embedded parts, for development only.',
    '',
    `  endpoint  ${endpoint}  (SNS, SQS, DynamoDB and Step Functions; GET /health tells whether it is ready)`,
    `  input     ${outputs.inputTopicArn}`,
    `  output    ${outputs.outputTopicArn}`,
    `  failure   ${outputs.failureTopicArn}`,
    `  data      ${resolve(dataDir)}${goesOn(resumed)}`,
    '',
    'Try it, with the AWS CLI in another terminal (without it: npm start -- --demo):',
    '',
    ...exportLines(endpoint),
    '',
    'Receive by a queue of your own on the output topic:',
    '',
    `  aws sqs create-queue --queue-name ${QUEUE}`,
    `  aws sns subscribe --topic-arn ${outputs.outputTopicArn} --protocol sqs --notification-endpoint ${arnOf('sqs', QUEUE)} --attributes RawMessageDelivery=true`,
    '',
    'Schedule an event for ten seconds from now, and wait for it:',
    '',
    `  aws sns publish --topic-arn ${outputs.inputTopicArn} --message "$(node -p ${exampleScript(outputs)})"`,
    `  aws sqs receive-message --queue-url ${endpoint}/${ACCOUNT}/${QUEUE} --wait-time-seconds 20 --message-attribute-names All`,
    '',
  ]
}

const goesOn = (resumed: number) =>
  resumed === 0 ? '' : `  (${counted(resumed, 'execution')} of the last run ${resumed === 1 ? 'goes' : 'go'} on)`

/** To be pasted into a shell: where the stack is, then the Region by both its names, then the keys. */
function exportLines(endpoint: string): string[] {
  return Object.entries(clientEnvironment(endpoint)).map(([name, value]) => `  export ${name}=${value}`)
}

/** Node rather than `date`, whose options differ between systems. */
const exampleScript = ({ outputTopicArn }: Local['outputs']) =>
  `'JSON.stringify({ date: new Date(Date.now() + 10_000), target: "${outputTopicArn}", user: "me", payload: "hello" })'`
