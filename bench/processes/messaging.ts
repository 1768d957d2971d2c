import { listen, serve } from '../../local/endpoint/endpoint.ts'
import { startMessaging } from '../../local/messaging.ts'
import { answerParent, argumentOf } from './child.ts'

// The same SNS and SQS that the local stack has, without the rest of it: what floor and peers publish to.

const { dataDir } = argumentOf<{ dataDir: string }>()
const { server, endpoint } = await listen(0)
const messaging = await startMessaging(endpoint, dataDir)
serve(server, messaging.services)
answerParent(
  {
    async stop() {
      server.closeAllConnections()
      await messaging.stop()
    },
  },
  { endpoint },
)
