// Has the library of CycloneDX judge a list of components: reads the document from standard input, and
// prints "valid", or what is wrong with it.
"use strict";

const fs = require("fs");
const { Spec, Validation } = require("@cyclonedx/cyclonedx-library");

const text = fs.readFileSync(0, "utf8");
const version = Spec.Version[`v${JSON.parse(text).specVersion.replace(".", "dot")}`];
new Validation.JsonStrictValidator(version).validate(text).then((faults) => {
  process.stdout.write(faults === null ? "valid\n" : `${JSON.stringify(faults)}\n`);
});
