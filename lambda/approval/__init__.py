"""Manual approval in a state machine, by task token."""
