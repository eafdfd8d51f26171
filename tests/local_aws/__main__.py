"""`python -m local_aws --port N`: serve the local AWS on the loopback interface until killed."""

import argparse
import os


def port_from_command_line() -> int:
    """Parse the port, which the caller chooses so that every test has its own server."""
    parser = argparse.ArgumentParser(prog="local_aws", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    port: int = parser.parse_args().port
    return port


def serve(port: int) -> None:
    """Configure moto through environment variables, which it reads on import; apply the patches; serve."""
    os.environ.update(
        MOTO_PORT=str(port),  # Step Functions calls this port
        MOTO_ACM_VALIDATION_WAIT="1",
        MOTO_IAM_LOAD_MANAGED_POLICIES="true",
    )
    from moto.core.config import default_user_config
    from moto.server import main

    from local_aws import patches, service_models

    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    default_user_config["lambda"] = {"use_docker": False}
    patches.require_descriptions()
    service_models.keep_in_memory()
    main(["-H", "127.0.0.1", "-p", str(port)])


if __name__ == "__main__":
    serve(port_from_command_line())
