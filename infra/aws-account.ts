import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'

/** The account and Region that the program deploys to. */
export interface AwsAccount {
  /** `aws`, `aws-cn`, `aws-us-gov`, …: what an ARN begins with. */
  partition: pulumi.Output<string>
  /** What the addresses of services end with: `amazonaws.com`, in China `amazonaws.com.cn`. */
  dnsSuffix: pulumi.Output<string>
  region: pulumi.Output<string>
  /** 12 digits. */
  accountId: pulumi.Output<string>
}

/** Where `parent`'s AWS provider deploys to. */
export function awsAccountOf(parent: pulumi.Resource): AwsAccount {
  const { partition, dnsSuffix } = aws.getPartitionOutput({}, { parent })
  return {
    partition,
    dnsSuffix,
    region: aws.getRegionOutput({}, { parent }).region,
    accountId: aws.getCallerIdentityOutput({}, { parent }).accountId,
  }
}

/** The principal that stands for a whole account; its own IAM policies then decide who in it. */
export function rootOf({ partition, accountId }: AwsAccount): pulumi.Output<string> {
  return pulumi.interpolate`arn:${partition}:iam::${accountId}:root`
}

/** The accounts, as principals, that the roles belong to; each once. */
export function rootsOf(roleArns: pulumi.Input<pulumi.Input<string>[]>): pulumi.Output<string[]> {
  const root = (roleArn: string) => `${roleArn.split(':').slice(0, 5).join(':')}:root`
  return pulumi.output(roleArns).apply((arns) => [...new Set(arns.map(root))])
}
