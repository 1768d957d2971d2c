/**
 * A client of the AWS SDK, as much of it as a user hands in and we use. So the declarations of the package need those of
 * no SDK.
 */
export interface AwsClient {
  send(command: object, options?: { abortSignal?: AbortSignal }): Promise<object>
}

/** How AWS is reached. What is left out the SDK finds as usual: variables, profile, role. */
export interface Connection {
  /** Default: the SDK's own. */
  region?: string | undefined
  /** Address of all services, such as `http://127.0.0.1:4566`. Default: `AWS_ENDPOINT_URL`, else AWS itself. */
  endpoint?: string | undefined
  /** Profile of the shared configuration. Default: `AWS_PROFILE`. */
  profile?: string | undefined
  /** Attempts of a call, the first included. Default: the SDK's own, 3. */
  maxAttempts?: number | undefined
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined
  /** Clients of your own, which are used as they are and never closed. Default: they are made when they are needed. */
  clients?: { sns?: AwsClient; dynamodb?: AwsClient; sqs?: AwsClient } | undefined
}
