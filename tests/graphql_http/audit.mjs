// Runs every server audit of `graphql-http` against the address given as the only argument.
// Ends with 0 only if all of them are fine: MUST, SHOULD and MAY alike.

import { serverAudits } from "graphql-http";

// A new version of the package may know more audits; then somebody should look.
const EXPECTED = 61;

const url = process.argv[2];
if (!url) {
  console.error("usage: node audit.mjs http://127.0.0.1:8080/graphql");
  process.exit(2);
}

const audits = serverAudits({ url, fetchFn: fetch });
let failed = 0;
for (const audit of audits) {
  const result = await audit.fn();
  if (result.status === "ok") {
    console.log(`ok      ${audit.id}  ${audit.name}`);
  } else {
    failed += 1;
    console.log(`${result.status.padEnd(7)} ${audit.id}  ${audit.name}\n        ${result.reason}`);
  }
}

console.log(`${audits.length - failed} of ${audits.length} audits are ok`);
if (audits.length !== EXPECTED) {
  console.error(`expected ${EXPECTED} audits; look at what is new and change the number`);
}
process.exit(failed === 0 && audits.length === EXPECTED ? 0 : 1);
