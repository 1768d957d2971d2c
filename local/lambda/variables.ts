import { REGION } from '../aws-account.ts'

/** Where a function's AWS calls go. */
export interface Endpoints {
  gateway: string
  /** Straight to the database, past the gateway: one hop less on the way of every event. */
  dynamoDb: string
}

/** The environment of a function: what it declares and what Lambda adds, nothing of this process's own. */
export function environmentOf(
  name: string,
  memoryMb: number,
  declared: Record<string, string>,
  endpoints: Endpoints,
): Record<string, string> {
  return {
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_ENDPOINT_URL: endpoints.gateway,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamoDb,
    ...declared,
  }
}
