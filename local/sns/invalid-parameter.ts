import { AwsError } from '../endpoint/aws-error.ts'

/** SNS's error for nearly everything. */
export const invalidParameter = (problem: string) => new AwsError('InvalidParameter', `Invalid parameter: ${problem}`)
