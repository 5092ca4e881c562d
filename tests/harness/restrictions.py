"""boto3 clients that put restrictions under the signature, as docs/guide/restrictions.md shows it."""


def restrictable(client):
    """The same client, whose calls take `Restrictions`, a dictionary of `x-cs-*` parameters."""

    def take(params, context, **_):
        params = dict(params)
        context["restrictions"] = params.pop("Restrictions", {})
        return params

    def add(request, **_):
        request.params.update(request.context.get("restrictions", {}))

    client.meta.events.register("provide-client-params.s3", take)
    client.meta.events.register("before-sign.s3", add)
    return client


def presigned(client, method, restrictions, expires=300, **params):
    """A presigned URL with restrictions."""
    params["Restrictions"] = restrictions
    return client.generate_presigned_url(method, Params=params, ExpiresIn=expires)


def presigned_form(client, bucket, key, restrictions, conditions=(), fields=None):
    """A form with restrictions, each a field that the policy pins."""
    return client.generate_presigned_post(
        bucket,
        key,
        Fields={**(fields or {}), **restrictions},
        Conditions=[{name: value} for name, value in restrictions.items()] + list(conditions),
        ExpiresIn=300,
    )
