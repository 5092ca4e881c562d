"""What the tests share: a server under test, a signer of its own, and ways to send a request.

Nothing here is imported from the server. Signatures are computed a second time, from AWS's
published rules, so that server and tests cannot be wrong together.
"""
