"""An S3-compatible server for tests. It checks signatures once the credentials are made."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import httpx2 as httpx
from moto.server import ThreadedMotoServer

from arti_core.object_store import S3Access


@contextmanager
def run_s3_server(port: int, bucket: str) -> Iterator[S3Access]:
    """Run a server with one bucket and yield how to reach it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    endpoint = f"http://127.0.0.1:{port}"
    try:
        # The server's state is the process's: an earlier run of it has switched the check of signatures on.
        httpx.post(f"{endpoint}/moto-api/reset-auth", content=b"inf").raise_for_status()
        httpx.post(f"{endpoint}/moto-api/reset").raise_for_status()
        anyone = {"endpoint_url": endpoint, "region_name": "us-east-1"}
        anyone |= {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        boto3.client("s3", **anyone).create_bucket(Bucket=bucket)
        iam = boto3.client("iam", **anyone)
        iam.create_user(UserName="arti")
        policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
        iam.put_user_policy(UserName="arti", PolicyName="s3", PolicyDocument=policy)
        key = iam.create_access_key(UserName="arti")["AccessKey"]
        httpx.post(f"{endpoint}/moto-api/reset-auth", content=b"0").raise_for_status()
        yield S3Access(endpoint, "us-east-1", key["AccessKeyId"], key["SecretAccessKey"])
    finally:
        server.stop()
