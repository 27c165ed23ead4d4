import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFree } from '../../../demo/lib/ports.mjs';
import { HaProxy } from './haproxy.mjs';
import { Postgres } from './postgres.mjs';
import { Process } from './process.mjs';
import { Replica } from './replica.mjs';

const client = { id: 'soak', secret: randomBytes(24).toString('base64url') };

// Shorter than the stalls of the soak, so that these outlast it.
const lease = '2s';

// The provider, in a process of its own.
export class ProviderProcess {
    constructor({ folder, port, graceMs, tokenLifetimeMs, seed }) {
        const file = fileURLToPath(new URL('../../provider.mjs', import.meta.url));
        const options = ['--port', port, '--client-id', client.id, '--client-secret', client.secret, '--seed', seed];
        const times = ['--grace-ms', graceMs, '--token-lifetime-ms', tokenLifetimeMs];
        const command = [process.execPath, file, ...options, ...times].map(String);
        this.url = `http://127.0.0.1:${port}`;
        this.process = new Process({ name: 'provider', command, logFile: join(folder, 'provider.log') });
    }

    async start() {
        this.process.start();
        await this.process.waitUntil(() => this.admin('GET', 'stats').catch(() => undefined));
    }

    async admin(method, path, body) {
        const options = { method, ...(body && { body: JSON.stringify(body) }) };
        const answer = await fetch(`${this.url}/admin/${path}`, options);
        const result = await answer.json();
        if (!answer.ok) throw new Error(`the provider's ${path}: ${JSON.stringify(result)}`);
        return result;
    }

    stop() {
        return this.process.stop();
    }
}

// All that the soak runs beside the browsers. `options`: {program, folder, store, mode, replicas, graceMs,
// tokenLifetimeMs, seed}.
export class Cluster {
    #started = [];

    constructor(options) {
        this.options = options;
    }

    async start() {
        const { folder, store, replicas } = this.options;
        const ports = await findFree(replicas + 3);
        this.provider = await this.#add(new ProviderProcess({ ...this.options, port: ports.pop() }));
        if (store === 'postgres') this.database = await this.#add(new Postgres({ folder, port: ports.pop() }));
        const frontPort = replicas > 1 ? ports.pop() : ports[0];
        this.url = `http://127.0.0.1:${frontPort}`;
        this.replicas = Array.from({ length: replicas }, (_, index) => this.#replica(`r${index + 1}`, ports[index]));
        for (const replica of this.replicas) await this.#add(replica);
        if (replicas > 1) await this.#add(new HaProxy({ folder, port: frontPort, replicas: this.replicas }));
    }

    async #add(part) {
        this.#started.push(part); // before it runs: a start that fails is cleaned up, too
        await part.start();
        return part;
    }

    async stop() {
        for (const part of this.#started.splice(0).reverse()) await part.stop();
    }

    get origin() {
        return this.url;
    }

    #replica(name, port) {
        const { program, folder, store } = this.options;
        // Processes on one SQLite file have their data folder in common.
        const dataFolder = join(folder, store === 'sqlite' ? 'data' : `data-${name}`);
        return new Replica({ name, port, program, folder, dataFolder, config: this.#configuration(name, port) });
    }

    #configuration(name, port) {
        const { store, mode } = this.options;
        this.secret ??= randomBytes(32).toString('base64url');
        const database = this.database && { database: { client: 'pg', connection: this.database.connection } };
        return {
            app: { baseUrl: this.origin },
            backend: { baseUrl: this.url, listen: { host: '127.0.0.1', port }, ...database },
            auth: {
                environment: 'development',
                session: { secret: this.secret, store, mode, lease },
                providers: { oauth2: { development: this.#provider(name) } },
            },
        };
    }

    #provider(name) {
        const { url } = this.provider;
        return {
            clientId: client.id,
            clientSecret: client.secret,
            authorizationUrl: `${url}/authorize`,
            tokenUrl: `${url}/token?caller=${name}`,
            tokenEndpointAuthMethod: 'client_secret_basic',
            endpoints: { revocation: `${url}/revoke` },
        };
    }
}
