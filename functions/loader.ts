import { base, opening } from './deps.ts'
import { loadWith } from './flow/load.ts'
import { lambda } from './gateway/lambda.ts'
import { metrics } from './gateway/metrics.ts'
import { settings } from './gateway/settings.ts'

/** Opens the slots that come up, and again those that were not settled. Invoked each minute, and when a runner ends badly. */
export const handler = lambda(() => {
  const common = base()
  return loadWith({ ...common, ...opening(common), shards: settings('SHARDS').SHARDS, metrics: metrics() })
})
