"""A person's decision in the middle of a state machine, by task token."""
