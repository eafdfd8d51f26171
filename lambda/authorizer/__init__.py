"""The API's REQUEST authorizer: who may call which method, by a signed bearer token."""
