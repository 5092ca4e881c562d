"""The files of `vectors/audit`, read by others than who wrote them: a second implementation of the chain's check, an
access log parser from PyPI, AWS's expression for Athena, and `aws cloudtrail validate-logs` itself."""

import json
import re
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
import s3_log_parser

from harness import audit_chain, cloud_trail
from harness.programs import AWS, run
from harness.server import ROOT

VECTORS = ROOT / "vectors/audit"
PUBLIC = bytes.fromhex((VECTORS / "chain/public-key.hex").read_text())
LOG = (VECTORS / "access.log").read_text().splitlines()
TRAIL = json.loads((VECTORS / "cloudtrail/index.json").read_text())


def segments():
    return [(f"{n}.jsonl", (VECTORS / f"chain/{n}.jsonl").read_bytes()) for n in (1, 2, 3)]


def digests():
    return [(VECTORS / f"chain/{n}.digest").read_bytes() for n in (1, 2, 3)]


def events():
    """The events of the chain, in order."""
    lines = [line for _, data in segments() for line in data.splitlines()]
    bodies = [json.loads(line) for line in lines if line.endswith(b"}")]
    return [body["event"] for body in bodies if "event" in body]


# --- The chain ---


def test_i1_the_chain_is_right_to_a_second_implementation():
    last, gaps = audit_chain.verify(segments(), digests(), PUBLIC)
    assert last == 19 and [cause for _, cause in gaps] == ["crash", "full"]


def first_record(index):
    """The number of the first record of a segment."""
    return json.loads(segments()[index][1].split(b"\n")[0])["seq"]


def touched(index, touch, signed=True):
    """What is wrong once `touch` had the lines of a segment."""
    changed = segments()
    name, data = changed[index]
    lines = data.splitlines(keepends=True)
    touch(lines)
    changed[index] = (name, b"".join(lines))
    with pytest.raises(audit_chain.Wrong) as wrong:
        audit_chain.verify(changed, digests() if signed else [], PUBLIC)
    return wrong.value


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("index", [0, 1, 2])
def test_i1_flipped_dropped_and_swapped_records_are_named(index, signed):
    first = first_record(index)
    for at in range(1, 4):
        for place in (3, 40, 120, -20):

            def flip(lines):
                line = bytearray(lines[at])
                line[place] ^= 1
                lines[at] = bytes(line)

            wrong = touched(index, flip, signed)
            assert wrong.number == first + at and wrong.what in ("hash", "no record")
        wrong = touched(index, lambda lines: lines.pop(at), signed)
        assert (wrong.what, wrong.number) == ("missing", first + at)

        def swap(lines):
            lines[at], lines[at + 1] = lines[at + 1], lines[at]

        wrong = touched(index, swap, signed)
        assert (wrong.what, wrong.number) == ("missing", first + at)
        wrong = touched(index, lambda lines: lines.insert(at, lines[at]), signed)
        assert (wrong.what, wrong.number) == ("out of place", first + at + 1)


def test_i1_cuts_are_noticed():
    for index, (_, data) in enumerate(segments()):
        for cut in (1, 10, 100, 400):

            def truncate(lines):
                lines[:] = [data[:-cut]]

            touched(index, truncate)
    for left in ([0, 1], [1, 2], [0, 2]):
        with pytest.raises(audit_chain.Wrong):
            audit_chain.verify([segments()[n] for n in left], digests(), PUBLIC)
    with pytest.raises(audit_chain.Wrong):
        audit_chain.verify(segments(), digests()[1:], PUBLIC)


def test_i1_digests_cannot_be_forged():
    for number in range(3):
        for place in (20, 200, -20):
            forged = digests()
            data = bytearray(forged[number])
            data[place] ^= 1
            forged[number] = bytes(data)
            with pytest.raises(audit_chain.Wrong):
                audit_chain.verify(segments(), forged, PUBLIC)


# --- S3's access log ---

PARSER = s3_log_parser.make_parser(
    '%BO %B %t %a %r %si %o %k "%R" %s %e %b %y %m %n "%{Referer}i" "%{User-Agent}i" %v'
)
# AWS, "Querying Amazon S3 access logs with Amazon Athena".
ATHENA = re.compile(
    r"([^ ]*) ([^ ]*) \[(.*?)\] ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) "
    r'("[^"]*"|-) (-|[0-9]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) '
    r"([^ ]*)(?: ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*))?.*$"
)
ATHENA_FIELDS = (
    "bucketowner bucket_name requestdatetime remoteip requester requestid operation key request_uri "
    "httpstatus errorcode bytessent objectsize totaltime turnaroundtime referrer useragent versionid "
    "hostid sigv ciphersuite authtype endpoint tlsversion accesspointarn aclrequired"
).split()


def logged():
    """The events that have a line, each with it."""
    with_line = [e for e in events() if e["kind"] == "request" and "bucket" in e]
    assert len(with_line) == len(LOG) == 8
    return zip(with_line, LOG, strict=True)


def printable(text):
    """Text in quotation marks: what AWS does not say how to escape is percent-encoded."""
    keep = "".join(chr(c) for c in range(0x20, 0x7F) if chr(c) not in '"\\')
    return quote(text, safe=keep) if text else "-"


def test_access_log_lines_are_read_by_a_parser_from_pypi():
    for event, line in logged():
        read = PARSER(line)
        at = datetime.fromisoformat(event["at"]).astimezone(UTC)
        client, wire, traffic = event["client"], event["wire"], event["traffic"]
        assert read["bucket_owner"] == "c5" * 32
        assert read["bucket"] == event["bucket"]
        assert read["time_received_utc_isoformat"] == at.isoformat(timespec="seconds")
        assert read["remote_ip"] == client["address"]
        assert read["requester_id"] == event.get("signer", {}).get("arn", "-")
        assert read["s3_request_id"] == event["request_id"]
        assert read["operation"].startswith(f"REST.{wire['method']}.")
        assert read["key"] == quote(event["key"])
        request = f"{wire['method']} {wire['target']} {wire['protocol']}"
        assert read["request_first_line"] == printable(request)
        assert read["status"] == str(traffic["status"])
        assert read["error"] == event["verdict"].get("code", "-")
        assert read["bytes"] == str(traffic["bytes_out"] or "-")
        assert read["total_bytes"] == str(traffic.get("object_bytes", "-"))
        assert read["total_time"] == str(traffic["total_us"] // 1000)
        assert read["request_header_referer"] == printable(client.get("referer"))
        assert read["request_header_user_agent"] == printable(client.get("user_agent"))
        assert read["version_id"] == event.get("version", "-")


def test_access_log_lines_are_read_by_the_expression_of_aws():
    signatures = {"v2": "SigV2", "v4": "SigV4", "v4a": "SigV4A"}
    kinds = {"query": "QueryString", "header": "AuthHeader", "form": "HtmlForm"}
    for event, line in logged():
        read = dict(zip(ATHENA_FIELDS, ATHENA.fullmatch(line).groups(), strict=True))
        client, wire = event["client"], event["wire"]
        assert read["requestid"] == event["request_id"]
        assert read["hostid"] == event["host_id"]
        assert read["sigv"] == signatures.get(wire.get("signature"), "-")
        assert read["authtype"] == kinds.get(wire.get("authentication"), "-")
        assert read["ciphersuite"] == client.get("tls_cipher", "-")
        assert read["tlsversion"] == client.get("tls_version", "-")
        assert read["endpoint"] == client.get("host", "-")
        assert (read["accesspointarn"], read["aclrequired"]) == ("-", "-")


def test_f1_i2_hostile_clients_neither_break_lines_nor_leave_credentials():
    hostile = next(line for line in LOG if "evil" in line)
    assert '"evil%22 200 - %22%0D%0A' in hostile
    files = [path for path in VECTORS.rglob("*") if path.suffix not in (".pk8", ".md") and path.is_file()]
    assert len(files) > 10
    for path in files:
        assert b"s3cr3t" not in path.read_bytes().lower(), path


# --- CloudTrail ---


def objects():
    return {
        entry["key"]: ((VECTORS / entry["file"]).read_bytes(), entry["metadata"])
        for entry in TRAIL["objects"]
    }


def newest():
    return max(key for key in objects() if "CloudTrail-Digest" in key)


def test_cloudtrail_digests_are_right_by_the_description_of_aws():
    assert cloud_trail.validate(objects(), TRAIL["bucket"], newest(), TRAIL["public_key"]) == (3, 3)


def test_i1_cloudtrail_files_that_were_touched_are_not():
    for key in objects():
        for touch in ("change", "remove"):
            changed = objects()
            content, metadata = changed.pop(key)
            if touch == "change":
                changed[key] = (content.replace(b"0", b"1", 1), metadata)
            with pytest.raises(cloud_trail.Invalid):
                cloud_trail.validate(changed, TRAIL["bucket"], newest(), TRAIL["public_key"])


def test_cloudtrail_records_have_the_members_that_aws_documents():
    names = []
    for key, (content, _) in objects().items():
        if "CloudTrail-Digest" in key:
            continue
        for record in json.loads(content)["Records"]:
            names.append(record["eventName"])
            assert record["eventSource"] == "s3.amazonaws.com"
            assert (record["eventType"], record["eventCategory"]) == ("AwsApiCall", "Data")
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record["eventTime"])
            parameters = record["requestParameters"]
            assert parameters["bucketName"] == "examplebucket"
            assert not {"X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token"} & {*parameters}
    # The forged one is not among them: CloudTrail has nobody's word for who that was.
    assert sorted(names) == sorted(
        ["GetObject"] * 4 + ["PutObject", "HeadObject", "PostObject"]
    )


def validate_logs(kept, folder):
    """What `aws cloudtrail validate-logs` says of these objects."""
    key = TRAIL["public_key"]
    with cloud_trail.FakeAws(TRAIL["bucket"], kept, key, TRAIL["fingerprint"]) as aws:
        environment = {
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "b",
            "AWS_CONFIG_FILE": str(folder / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"),
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        }
        command = [AWS, "cloudtrail", "validate-logs", "--verbose", "--trail-arn", TRAIL["trail"]]
        command += ["--start-time", "2026-02-06T00:00:00Z", "--end-time", "2026-02-06T04:00:00Z"]
        command += ["--s3-bucket", TRAIL["bucket"], "--s3-prefix", TRAIL["prefix"]]
        return run(command, environment, check=False)


def test_aws_cloudtrail_validate_logs_finds_them_valid(tmp_path):
    said = validate_logs(objects(), tmp_path)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "3/3 digest files valid" in said.stdout
    assert "3/3 log files valid" in said.stdout


def test_i1_aws_cloudtrail_validate_logs_finds_what_was_changed(tmp_path):
    for part, line in (("CloudTrail/", "2/3 log files valid"), ("CloudTrail-Digest/", "2/3 digest files")):
        changed = objects()
        key = min(key for key in changed if part in key)
        content, metadata = changed[key]
        changed[key] = (content.replace(b"000000000000", b"000000000001", 1), metadata)
        said = validate_logs(changed, tmp_path)
        assert said.returncode != 0 and line in said.stdout, said.stdout + said.stderr
