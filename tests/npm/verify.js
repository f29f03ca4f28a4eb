// Has the library of Standard Webhooks judge callbacks: reads a JSON array of objects with `secret`,
// `headers` and `body` (base64) from standard input, and prints an array with "right" or what the
// library says is wrong for each.
"use strict";

const fs = require("fs");
const { Webhook } = require("standardwebhooks");

function judge({ secret, headers, body }) {
  try {
    new Webhook(secret).verify(Buffer.from(body, "base64"), headers, { jsonParse: false });
    return "right";
  } catch (error) {
    return error.message;
  }
}

const cases = JSON.parse(fs.readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(judge)));
