import { metrics } from '../../aws/metrics.ts'
import { lambda } from '../lambda.ts'
import { settings } from '../variables.ts'
import { base, opening } from '../world.ts'
import { loadWith } from './load.ts'

/** Opens the slots that come up, and again those that were not settled. Invoked each minute, and when a runner ends badly. */
export const handler = lambda(() => {
  const common = base()
  return loadWith({ ...common, ...opening(common), shards: settings('SHARDS').SHARDS, metrics: metrics() })
})
