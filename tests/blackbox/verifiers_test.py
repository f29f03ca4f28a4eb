"""What others make of the signatures: the library of Standard Webhooks that receivers use verifies
the callbacks of the daemon."""

import base64
import json
import subprocess

import npm
import support
from support import DaemonTest, from_now

PAYLOADS = ["", "héllo wörld € 😀", '{"type":"invoice.due","data":{"id":7,"sum":"12,50 €"}}', " \r\n\t"]


def verdicts(cases):
    """What the library says of (secret, headers, body)."""
    rows = [{"secret": secret, "headers": headers, "body": base64.b64encode(body).decode()}
            for secret, headers, body in cases]
    ended = subprocess.run(["node", "verify.js"], cwd=npm.FOLDER, input=json.dumps(rows), text=True,
                           capture_output=True, timeout=60, check=True)
    return json.loads(ended.stdout)


class Verifiers(DaemonTest):
    @classmethod
    def setUpClass(cls):
        npm.install()
        super().setUpClass()

    def rotate(self):
        answer = self.daemon.request("POST", "/1/secrets", Accept="text/plain")
        self.assertEqual(answer.status, 201, answer.text)
        return answer.text

    def callbacks(self, payloads):
        """The headers and the body of a callback for each payload."""
        endpoint = self.endpoint(200)
        received = []
        for payload in payloads:
            answer = self.daemon.post_json(
                {"url": endpoint.url, "when": from_now(1), "data": payload})
            self.assertEqual(answer.status, 201, answer.text)
            callback = endpoint.next()
            self.assertEqual(callback.body, payload.encode())
            received.append((dict(callback.headers), callback.body))
        return received

    def test_receivers_accept_callbacks_with_every_secret_that_is_in_use(self):
        first = self.rotate()
        alone = self.callbacks(PAYLOADS)
        self.assertEqual(verdicts([(first, *one) for one in alone]), ["right"] * len(PAYLOADS))
        second = self.rotate()
        self.assertNotEqual(first, second)
        during = self.callbacks(PAYLOADS)
        for secret in (first, second):
            self.assertEqual(verdicts([(secret, *one) for one in during]),
                             ["right"] * len(PAYLOADS))
        third = self.rotate()
        after = self.callbacks(PAYLOADS)
        for secret, verdict in ((third, "right"), (second, "right"),
                                (first, "No matching signature found")):
            self.assertEqual(verdicts([(secret, *one) for one in after]),
                             [verdict] * len(PAYLOADS))

    def test_receivers_refuse_what_was_not_sent_so(self):
        secret = self.rotate()
        headers, body = self.callbacks(['{"sum":1}'])[0]
        other = "whsec_" + base64.b64encode(b"x" * 32).decode()
        timestamp = int(headers["webhook-timestamp"])

        def changed(**values):
            return {**headers, **{name.replace("_", "-"): value for name, value in values.items()}}

        rows = [
            ("as it was sent", secret, headers, body, "right"),
            ("another body", secret, headers, b'{"sum":2}', "No matching signature found"),
            ("another secret", other, headers, body, "No matching signature found"),
            ("another id", secret, changed(webhook_id="x"), body, "No matching signature found"),
            ("another time", secret, changed(webhook_timestamp=str(timestamp - 1)), body,
             "No matching signature found"),
            ("an old time", secret, changed(webhook_timestamp=str(timestamp - 400)), body,
             "Message timestamp too old"),
            ("a time to come", secret, changed(webhook_timestamp=str(timestamp + 400)), body,
             "Message timestamp too new"),
            ("no signature", secret, changed(webhook_signature=""), body,
             "Missing required headers"),
        ]
        found = verdicts([row[1:4] for row in rows])
        for (rule, *_, expected), verdict in zip(rows, found, strict=True):
            with self.subTest(rule):
                self.assertEqual(verdict, expected)


if __name__ == "__main__":
    support.main()
