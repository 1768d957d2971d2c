import { resolve } from 'node:path'
import { clientEnvironment } from '../aws-account.ts'
import type { Local } from '../start-local.ts'

/** What someone who sees the stack for the first time needs: where it is, and something to try. */
export function welcome({ endpoint, outputs, resumed }: Local, data: string): string[] {
  const variables = Object.entries(clientEnvironment(endpoint)).map(([name, value]) => `${name}=${value}`)
  return [
    '',
    'aws-scheduler on this machine: the deployed program on embedded parts, for development only.',
    '',
    `  endpoint  ${endpoint}  (SNS, SQS, DynamoDB and Step Functions)`,
    `  input     ${outputs.inputTopicArn}`,
    `  output    ${outputs.outputTopicArn}`,
    `  failure   ${outputs.failureTopicArn}`,
    `  data      ${resolve(data)}${resumed ? `  (${resumed} executions of the last run go on)` : ''}`,
    '',
    'Try it, with the AWS CLI (without it: npm start -- --demo):',
    '',
    `  export ${variables.join(' ')}`,
    `  aws sns publish --topic-arn ${outputs.inputTopicArn} --message "$(node -p ${exampleScript(outputs)})"`,
    '',
  ]
}

/** Node rather than `date`, whose options differ between systems. */
const exampleScript = ({ outputTopicArn }: Local['outputs']) =>
  `'JSON.stringify({ date: new Date(Date.now() + 10_000), target: "${outputTopicArn}", user: "me", payload: "hello" })'`
