"""REQUEST authorizer of the API: authorizes callers by a signed bearer token."""
