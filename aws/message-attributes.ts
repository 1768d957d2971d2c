/** Attributes of a message as SNS takes them. @param attributes name → string value */
export function asStrings(attributes: Record<string, string>) {
  const entries = Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }])
  return Object.fromEntries(entries)
}
