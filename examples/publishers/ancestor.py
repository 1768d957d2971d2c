"""Schedules an event as clients of bahrmichael/aws-scheduler do: their messages keep working."""

import json
import os
from datetime import datetime, timedelta

import boto3

account = os.environ.get('ACCOUNT_ID', '000000000000')
# boto3 before 1.28 does not read AWS_ENDPOINT_URL itself.
client = boto3.client('sns', endpoint_url=os.environ.get('AWS_ENDPOINT_URL'))

event = {
    # No zone means UTC; finer than a millisecond is rounded up.
    'date': (datetime.utcnow() + timedelta(seconds=3)).isoformat(),
    'target': f'arn:aws:sns:us-east-1:{account}:scheduler-output-local',
    'user': 'me@example.com',
    'payload': '46607451-3e67-49bc-972b-425c150c5456',
}
input_topic = f'arn:aws:sns:us-east-1:{account}:scheduler-input-local'
client.publish(TopicArn=input_topic, Message=json.dumps(event))
