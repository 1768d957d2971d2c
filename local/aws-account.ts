import { LOCAL } from '../core/stack-place.ts'

/** Where the local stack says it is: what Pulumi's program, the ARNs and the clients see. */
export const PROJECT = 'aws-scheduler'
export const { stack: STACK, region: REGION, accountId: ACCOUNT } = LOCAL

/** The ARN of a resource of this place. */
export const arnOf = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`

/**
 * What a client needs in its environment; nothing checks the keys, but SDKs want some. The Region twice: boto3 and
 * version 1 of the AWS CLI read AWS_DEFAULT_REGION alone, the SDKs for other languages AWS_REGION.
 */
export const clientEnvironment = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  AWS_ACCESS_KEY_ID: LOCAL.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: LOCAL.credentials.secretAccessKey,
})

/** The same, as the constructor of an SDK client takes it. */
export const clientConfig = (endpoint: string) => ({
  endpoint,
  region: REGION,
  credentials: { ...LOCAL.credentials },
})
