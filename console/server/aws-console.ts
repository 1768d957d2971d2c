/** Where AWS shows itself, by partition. Source: AWS documentation, Getting started in the China and GovCloud Regions. */
const DOMAINS: Record<string, string> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
}

/** Where AWS shows an execution of Step Functions; undefined in a partition whose console is not known. */
export function executionUrl(executionArn: string): string | undefined {
  const [, partition = '', , region] = executionArn.split(':')
  const domain = DOMAINS[partition]
  const path = `states/home?region=${region}#/v2/executions/details/${encodeURIComponent(executionArn)}`
  return domain === undefined ? undefined : `https://${region}.${domain}/${path}`
}
