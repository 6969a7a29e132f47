// A provider of identities on this machine: `node provider.mjs PORT`.
//
// Whoever opens its address for signing in says in `claims`, as JSON, who they are; the provider
// believes them and says so in the token that it signs.
import { OAuth2Server } from "oauth2-mock-server";

const server = new OAuth2Server();
await server.issuer.keys.generate("RS256");
await server.start(Number(process.argv[2]), "127.0.0.1");
server.issuer.url = `http://127.0.0.1:${server.address().port}`;

const claimsOf = new Map();
server.service.on("beforeAuthorizeRedirect", (redirect, request) => {
  const code = redirect.url.searchParams.get("code");
  claimsOf.set(code, JSON.parse(request.query.claims ?? "{}"));
});
server.service.on("beforeTokenSigning", (token, request) => {
  const claims = claimsOf.get(request.body?.code) ?? {};
  for (const [name, value] of Object.entries(claims)) {
    if (value === null) delete token.payload[name];
    else token.payload[name] = value;
  }
});

console.log("ready");
