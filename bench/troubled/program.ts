import * as pulumi from '@pulumi/pulumi'
import type { Program } from '../../local/program.ts'

const FUNCTION = 'aws:lambda/function:Function'

/** The deployed program, whose functions publish to `snsEndpoint` instead of the local stack's SNS. */
export function outputsWithTroubledTopics(snsEndpoint: string): Program {
  return async () => {
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
      if (type !== FUNCTION) return undefined
      const variables = pulumi.output(props.environment).apply((environment) => ({
        ...environment?.variables,
        AWS_ENDPOINT_URL_SNS: snsEndpoint,
      }))
      return { props: { ...props, environment: { variables } }, opts }
    })
    const outputs = await import(`../../infra/index.ts?run=bench-${Date.now()}`)
    return { ...outputs }
  }
}
