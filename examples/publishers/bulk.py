"""Schedules many events at once: ten to a request, and again what SNS did not take."""

import json
import os
from datetime import datetime, timedelta

import boto3

COUNT = int(os.environ.get('COUNT', '100'))
INPUT = os.environ.get('INPUT_TOPIC_ARN', 'arn:aws:sns:us-east-1:000000000000:scheduler-input-local')
OUTPUT = os.environ.get('OUTPUT_TOPIC_ARN', 'arn:aws:sns:us-east-1:000000000000:scheduler-output-local')

# boto3 before 1.28 does not read AWS_ENDPOINT_URL itself.
client = boto3.client('sns', endpoint_url=os.environ.get('AWS_ENDPOINT_URL'))


def message(number):
    date = datetime.utcnow() + timedelta(seconds=5, milliseconds=10 * number)
    # With an id of its own, an event that is published twice is still one event.
    event = {'id': f'bulk-py-{number}', 'date': date.isoformat() + 'Z', 'target': OUTPUT, 'user': 'me', 'payload': f'number {number}'}
    return json.dumps(event)


def publish(entries):
    """Publishes up to ten messages, of 256 KiB together, and gives back those that were not taken."""
    answer = client.publish_batch(TopicArn=INPUT, PublishBatchRequestEntries=entries)
    failed = {failure['Id']: failure for failure in answer.get('Failed', [])}
    for failure in failed.values():
        if failure['SenderFault']:
            raise SystemExit(f"refused: {failure['Code']} {failure.get('Message', '')}")
    return [entry for entry in entries if entry['Id'] in failed]


for first in range(0, COUNT, 10):
    entries = [{'Id': str(number), 'Message': message(number)} for number in range(first, min(first + 10, COUNT))]
    while entries:
        entries = publish(entries)
print(f'{COUNT} events scheduled')
