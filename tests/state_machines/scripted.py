"""The three functions of a workflow, as a script plays them: they follow the contract and touch no database.

Each call leaves a file below `$TRACE/<execution>/`. What an operation answers is the contract's plain success,
unless `script.json` there lists other outcomes for it: `{"raise": error}` or `{"answer": …}`, one a call.
"""

import json
import os
import time
from pathlib import Path
from typing import Any


def handle(event: dict[str, Any], context: object) -> Any:
    """Do one operation."""
    del context
    operation = event["operation"]
    folder = Path(os.environ["TRACE"], event["execution"])
    folder.mkdir(exist_ok=True)
    done = operations(folder)
    Path(folder, f"{time.time_ns()}-{operation}.call").write_text(json.dumps(event))
    outcome = scripted(folder, operation, done.count(operation))
    if "raise" in outcome:
        raise type(outcome["raise"], (Exception,), {})(f"{operation} was told to fail")
    if operation == "request_approval":
        answer(event["token"], outcome.get("answer", "approve"))
        return {}
    return outcome.get("answer") or plain(event, operation, done)


def operations(folder: Path) -> list[str]:
    """What was done so far, in order."""
    calls = sorted(path.stem for path in folder.glob("*.call"))
    return [call.partition("-")[2] for call in calls]


def scripted(folder: Path, operation: str, number: int) -> dict[str, Any]:
    """The outcome that the script lists for this call of the operation, if it lists one."""
    script = folder / "script.json"
    outcomes = json.loads(script.read_text()).get(operation, []) if script.exists() else []
    outcome: dict[str, Any] = outcomes[number] if number < len(outcomes) else {}
    return outcome


def plain(event: dict[str, Any], operation: str, done: list[str]) -> Any:
    """Return the result of a successful operation, by the contract."""
    match operation:
        case "replication_status":
            return {"state": "caught-up", "progress": 100, "lag_seconds": 0.2}
        case "plan":
            return plan(event["execution"])
        case "compare":
            return {**event["chunk"], "rows": 10, "different": 0}
        case "summarize":
            return {"consistent": True, "tables": 2, "rows": 20, "different": 0}
        case "ownership_status":
            return {"ownership": "owner", "owner": "orchestrated/migration/abc123"}
        case "check_rollback_request":
            return {"state": "current"}
        case "assess_rollback":
            crossed = done.count("promote_target") > done.count("promote_source")
            return {"path": "reverse-replication" if crossed else "unfence-source", "reason": "as the script has it"}
        case _:
            return {}


def plan(execution: str) -> dict[str, Any]:
    """Three chunks, as the array in S3 that the map reads."""
    import boto3

    chunks = [{"execution": execution, "replication": "payments", "table": "t", "chunk": n} for n in range(3)]
    bucket, key = os.environ["CHECKPOINT_BUCKET"], f"validation/{execution}/chunks.json"
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=json.dumps(chunks).encode())
    return {"bucket": bucket, "key": key, "chunks": len(chunks)}


def answer(token: str, decision: str) -> None:
    """Submit the decision of an operator immediately; `silent` submits none."""
    import boto3

    machines = boto3.client("stepfunctions")
    if decision == "approve":
        machines.send_task_success(taskToken=token, output=json.dumps({"approved": True}))
    elif decision == "reject":
        machines.send_task_failure(taskToken=token, error="ApprovalRejected", cause="rejected by the script")
