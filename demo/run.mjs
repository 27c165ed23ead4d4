// Starts the demo: the provider and the sample app in this process, the backend as a child of it.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startApp } from './app/server.mjs';
import { startBackend } from './lib/backend.mjs';
import { demandFree, findFree } from './lib/ports.mjs';
import { startProvider } from './provider/provider.mjs';

const defaultPorts = [3000, 7007, 9000];
const usage = `usage: run.mjs [--port-base N] [--check [--screenshot FILE]] [--backend PROGRAM]
  --port-base N      app, backend and provider on the ports N, N+1, N+2 (default 3000, 7007, 9000; free ones with --check alone)
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
    if (base !== undefined && !(/^\d+$/.test(base) && Number(base) >= 1 && Number(base) <= 65533)) {
        const message = `--port-base takes a number from 1 to 65533, not '${base}'`;
        throw Object.assign(new Error(message), { code: 'ERR_PARSE_ARGS_VALUE' });
    }
    return values;
}

async function choosePorts(values) {
    const base = values['port-base'];
    if (base === undefined && values.check && !values.screenshot) return findFree(3);
    const ports = base === undefined ? defaultPorts : [0, 1, 2].map((offset) => Number(base) + offset);
    const uses = ['sample app', 'backend', 'provider'];
    for (const [index, port] of ports.entries()) await demandFree(port, uses[index]);
    return ports;
}

// Starts all three and resolves with their addresses and {exited, stop()}.
async function startAll(program, ports, folder) {
    const [appPort, backendPort, providerPort] = ports;
    const urls = {
        app: `http://localhost:${appPort}`,
        backend: `http://localhost:${backendPort}`,
        provider: `http://localhost:${providerPort}`,
    };
    const authUrl = `${urls.backend}/api/auth`;
    const clientId = 'sample-app';
    const clientSecret = randomBytes(24).toString('base64url');
    const started = [];
    const stop = async () => {
        for (const part of started.splice(0).reverse()) await (part.stop ?? part.close)();
    };
    try {
        const redirectUri = `${authUrl}/oidc/handler/frame`;
        started.push(await startProvider({ port: providerPort, issuer: urls.provider, redirectUri, clientId, clientSecret }));
        const settings = { authUrl, provider: 'oidc', env: 'development', providerUrl: urls.provider };
        started.push(await startApp({ port: appPort, settings }));
        const backend = await startBackend({
            program,
            config: fileURLToPath(new URL('app-config.yaml', import.meta.url)),
            url: `http://127.0.0.1:${backendPort}`,
            folder,
            env: {
                DEMO_APP_URL: urls.app,
                DEMO_BACKEND_URL: urls.backend,
                DEMO_BACKEND_PORT: String(backendPort),
                DEMO_PROVIDER_URL: urls.provider,
                DEMO_CLIENT_ID: clientId,
                DEMO_CLIENT_SECRET: clientSecret,
            },
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

  Backend   ${demo.urls.backend}/api/auth/oidc   (log: ${join(folder, 'backend.log')})
  Provider  ${demo.urls.provider}
  Ctrl-C stops all three.
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
        return await Promise.race([check(demo, values.screenshot), signal.then(() => 130)]);
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
