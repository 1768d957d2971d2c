import type { Registered } from './language-host.ts'

const ANSWERS: Record<string, object> = {
  'aws:index/getCallerIdentity:getCallerIdentity': { accountId: '123456789012' },
  'aws:index/getRegion:getRegion': { region: 'eu-west-1' },
  'aws:index/getPartition:getPartition': { partition: 'aws' },
}

/** What AWS answers to a new resource, as far as other resources ask for it. */
export function create({ inputs, name }: Registered) {
  const arn = `arn:aws:any:eu-west-1:123456789012:${name}`
  return { ...inputs, name: inputs.name ?? name, arn, url: `https://sqs/${name}` }
}

/** What AWS answers to a question about where the program runs. */
export const invoke = (token: string) => ({ ...ANSWERS[token] })
