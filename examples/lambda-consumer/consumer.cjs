const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb')

const table = new DynamoDBClient()

/**
 * Handles events that are due. Delivery is at least once: an event may come a second time, with the same `event_id`.
 * Here the work is one write under that id, so doing it twice changes nothing. Work that cannot be repeated is done by
 * whoever made the first write.
 */
exports.handler = async ({ Records }) => {
  for (const { Sns } of Records) {
    const { event_id, due } = Sns.MessageAttributes
    const first = await remember(event_id.Value, { due: due.Value, payload: Sns.Message })
    console.log(JSON.stringify({ message: first ? 'reminded' : 'reminded before', id: event_id.Value }))
  }
}

/** Writes down what an event was about. @returns whether it was the first to do so */
async function remember(id, { due, payload }) {
  try {
    await table.send(
      new PutItemCommand({
        TableName: process.env.REMINDED_TABLE,
        Item: { pk: { S: 'reminder' }, sk: { S: id }, due: { S: due }, payload: { S: payload } },
        ConditionExpression: 'attribute_not_exists(sk)',
      }),
    )
    return true
  } catch (error) {
    if (error.name === 'ConditionalCheckFailedException') return false
    throw error
  }
}
