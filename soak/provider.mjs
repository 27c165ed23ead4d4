// A provider for tests, as a process of its own: prints {"url": ...} as one line of JSON once it listens, and serves
// until SIGTERM.
import { parseArgs } from 'node:util';
import { Provider } from './lib/provider/server.mjs';

const usage = `usage: provider.mjs [OPTION...]
  --port N               default 0: any free port of 127.0.0.1
  --client-id ID         default soak
  --client-secret SECRET default the-secret-of-soak; sent as client_secret_basic
  --grace-ms N           how long the token spent last may come again (default 0: never)
  --token-lifetime-ms N  of access tokens, in whole seconds (default 60000)
  --seed S               of what is random about its faults (default 1)

  GET /authorize  POST /token  POST /revoke
  GET /admin/stats               counters, and each time that a spent token came again
  GET /admin/log?family=F        every call of one login
  POST /admin/faults             {"kind": ..., "grant"?, "probability"? | "next"?, "delayMs"?, "retryAfter"?}
  GET, DELETE /admin/faults
  POST /admin/settings           {"graceMs"?, "tokenLifetimeMs"?}
  POST /admin/revoke?family=F    the provider ends a login`;

const { values } = parseArgs({
    options: {
        port: { type: 'string', default: '0' },
        'client-id': { type: 'string', default: 'soak' },
        'client-secret': { type: 'string', default: 'the-secret-of-soak' },
        'grace-ms': { type: 'string', default: '0' },
        'token-lifetime-ms': { type: 'string', default: '60000' },
        seed: { type: 'string', default: '1' },
        help: { type: 'boolean', short: 'h', default: false },
    },
});

if (values.help) {
    console.log(usage);
} else {
    const provider = new Provider({
        clientId: values['client-id'],
        clientSecret: values['client-secret'],
        graceMs: Number(values['grace-ms']),
        tokenLifetimeMs: Number(values['token-lifetime-ms']),
        seed: values.seed,
    });
    await provider.listen(Number(values.port));
    console.log(JSON.stringify({ url: provider.url }));
    for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => provider.close());
}
