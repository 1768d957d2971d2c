/**
 * A client without the SDK's logger, which copies each request and each answer for a log that functions do not keep: three
 * hundredths of what a request costs (`npm run bench:lateness -- --profile DIR`).
 * Source: @aws-sdk/core, loggerMiddleware.
 */
export function unlogged<Client extends { middlewareStack: { remove(name: string): boolean } }>(
  client: Client,
): Client {
  client.middlewareStack.remove('loggerMiddleware')
  return client
}
