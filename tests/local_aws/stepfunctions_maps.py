"""Step Functions: failed items and result files of distributed maps."""

import json
from typing import Any, cast

from moto.s3.models import s3_backends
from moto.stepfunctions.parser.api import HistoryEventType, MapRunFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor import (
    distributed_item_processor_worker,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.result_writer.result_writer_decl import ResultWriter
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

from local_aws.patching import Method, wrap


@wrap(distributed_item_processor_worker.DistributedItemProcessorWorker, "_eval_job")
def fail_map_with_failed_item(original: Method, self: Any, env: Any, job: Any) -> None:
    """AWS tolerates no failed item by default; moto counts failed items and continues."""
    original(self, env, job)
    if job.job_output is None:
        error = StatesErrorNameType.StatesExceedToleratedFailureThreshold
        failed = MapRunFailedEventDetails(error=error.to_name(), cause="an item failed")
        job.job_output = FailureEventException(
            FailureEvent(
                env=env,
                error_name=StatesErrorName(typ=error),
                event_type=HistoryEventType.MapRunFailed,
                event_details=cast(EventDetails, {"mapRunFailedEventDetails": failed}),
            )
        )


@wrap(ResultWriter, "_eval_body")
def write_result_files(original: Method, self: Any, env: Any) -> None:
    """AWS evaluates the location on the state input and writes result files and a manifest; moto does neither."""
    results = env.stack.pop()
    env.stack.append(env.states.get_input())
    original(self, env)
    details = env.stack[-1]["ResultWriterDetails"]
    bucket, manifest_key = details["Bucket"], details["Key"]
    store = s3_backends[env.aws_execution_details.account]["aws"]
    runs = [{"Status": "SUCCEEDED", "Output": json.dumps(result)} for result in results]
    key = manifest_key.replace("manifest.json", "SUCCEEDED_0.json")
    store.put_object(bucket, key, json.dumps(runs).encode())
    manifest = {
        "DestinationBucket": bucket,
        "MapRunArn": env.stack[-1]["MapRunArn"],
        "ResultFiles": {"FAILED": [], "PENDING": [], "SUCCEEDED": [{"Key": key, "Size": len(json.dumps(runs))}]},
    }
    store.put_object(bucket, manifest_key, json.dumps(manifest).encode())
