// Starts the demo: the providers and the sample app in this process, the backend as a child of it.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startApp } from './app/server.mjs';
import { startBackend } from './lib/backend.mjs';
import { demandFree, findFree } from './lib/ports.mjs';
import { Switches } from './lib/switches.mjs';
import { startAcmeCode } from './providers/acme_code.mjs';
import { startAcmeId } from './providers/acme_id.mjs';

const defaultPorts = [3000, 7007, 9000, 9001];
const uses = ['sample app', 'backend', 'Acme ID', 'Acme Code'];
const usage = `usage: run.mjs [--port-base N] [--check [--screenshot FILE]] [--backend PROGRAM]
  --port-base N      app, backend and the two providers on the ports N to N+3 (default 3000, 7007, 9000 and 9001; free ones
                     with --check alone)
  --check            log in once with a headless browser, say what was seen, and stop
  --screenshot FILE  with --check: a picture of the signed-in page
  --backend PROGRAM  default: build/release/stagedoor`;

function readArguments() {
    const { values } = parseArgs({
        options: {
            'port-base': { type: 'string' },
            check: { type: 'boolean', default: false },
            screenshot: { type: 'string' },
            backend: { type: 'string', default: fileURLToPath(new URL('../build/release/stagedoor', import.meta.url)) },
            help: { type: 'boolean', short: 'h', default: false },
        },
    });
    const base = values['port-base'];
    if (base !== undefined && !(/^\d+$/.test(base) && Number(base) >= 1 && Number(base) <= 65532)) {
        const message = `--port-base takes a number from 1 to 65532, not '${base}'`;
        throw Object.assign(new Error(message), { code: 'ERR_PARSE_ARGS_VALUE' });
    }
    return values;
}

async function choosePorts(values) {
    const base = values['port-base'];
    if (base === undefined && values.check && !values.screenshot) return findFree(uses.length);
    const ports = base === undefined ? defaultPorts : uses.map((_, offset) => Number(base) + offset);
    for (const [index, port] of ports.entries()) await demandFree(port, uses[index]);
    return ports;
}

function addresses([appPort, backendPort, acmeIdPort, acmeCodePort]) {
    const url = (port) => `http://localhost:${port}`;
    return { app: url(appPort), backend: url(backendPort), acmeId: url(acmeIdPort), acmeCode: url(acmeCodePort) };
}

function backendVariables(urls, { clientId, clientSecret }) {
    return {
        DEMO_APP_URL: urls.app,
        DEMO_BACKEND_URL: urls.backend,
        DEMO_BACKEND_PORT: new URL(urls.backend).port,
        DEMO_ACME_ID_URL: urls.acmeId,
        DEMO_ACME_CODE_URL: urls.acmeCode,
        DEMO_CLIENT_ID: clientId,
        DEMO_CLIENT_SECRET: clientSecret,
    };
}

// Starts all of it and resolves with the addresses and {exited, stop()}.
async function startAll(program, ports, folder) {
    const [appPort, backendPort, acmeIdPort, acmeCodePort] = ports;
    const urls = addresses(ports);
    const authUrl = `${urls.backend}/api/auth`;
    const client = { clientId: 'sample-app', clientSecret: randomBytes(24).toString('base64url') };
    const switches = new Switches();
    const shared = { ...client, appOrigin: urls.app, coop: () => switches.now.providerCoop };
    const redirectUri = (provider) => `${authUrl}/${provider}/handler/frame`;
    const started = [];
    const stop = async () => {
        for (const part of started.splice(0).reverse()) await (part.stop ?? part.close)();
    };
    try {
        const acmeId = { ...shared, issuer: urls.acmeId, redirectUri: redirectUri('oidc') };
        started.push(await startAcmeId({ ...acmeId, port: acmeIdPort }));
        const acmeCode = { ...shared, origin: urls.acmeCode, redirectUri: redirectUri('github') };
        started.push(await startAcmeCode({ ...acmeCode, port: acmeCodePort }));
        const settings = { authUrl, acmeIdUrl: urls.acmeId, acmeCodeUrl: urls.acmeCode };
        started.push(await startApp({ port: appPort, settings, switches }));
        const backend = await startBackend({
            program,
            config: fileURLToPath(new URL('app-config.yaml', import.meta.url)),
            url: `http://127.0.0.1:${backendPort}`,
            folder,
            env: backendVariables(urls, client),
        });
        started.push(backend);
        return { urls, exited: backend.exited, log: backend.log, stop };
    } catch (error) {
        await stop();
        throw error;
    }
}

function untilSignal() {
    return new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve(signal));
    });
}

async function serve(demo, folder, signal) {
    console.log(`
  Open  ${demo.urls.app}

  Backend    ${demo.urls.backend}/api/auth   (log: ${join(folder, 'backend.log')})
  Providers  ${demo.urls.acmeId} (Acme ID) and ${demo.urls.acmeCode} (Acme Code)
  Ctrl-C stops all of it.
`);
    const ended = await Promise.race([signal, demo.exited]);
    if (['SIGINT', 'SIGTERM', 'SIGHUP'].includes(ended)) {
        console.log('\nStopping');
        return 0;
    }
    console.error(`The backend ${ended}. The end of its log:\n${demo.log()}`);
    return 1;
}

async function main() {
    const values = readArguments();
    if (values.help) {
        console.log(usage);
        return 0;
    }
    if (!existsSync(values.backend)) throw new Error(`${values.backend} is not there: run scripts/build first`);
    const ports = await choosePorts(values);
    const folder = mkdtempSync(join(tmpdir(), 'stagedoor-demo-'));
    const signal = untilSignal();
    let demo;
    try {
        demo = await startAll(values.backend, ports, folder);
        if (!values.check) return await serve(demo, folder, signal);
        const { check } = await import('./lib/check.mjs');
        const { takeScreenshot } = await import('./lib/screenshot.mjs');
        const picture = values.screenshot && takeScreenshot(values.screenshot);
        return await Promise.race([check(demo, picture), signal.then(() => 130)]);
    } finally {
        await demo?.stop();
        rmSync(folder, { recursive: true, force: true });
    }
}

try {
    process.exit(await main());
} catch (error) {
    console.error(`demo: ${error.message}`);
    process.exit(error.code?.startsWith?.('ERR_PARSE_ARGS') ? 2 : 1);
}
