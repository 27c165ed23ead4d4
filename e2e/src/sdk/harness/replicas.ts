// Two replicas of the backend behind HAProxy, with one store: a file of SQLite, or PostgreSQL. Which of them gets a request is fixed by its path, so
// that a test can say who begins a flow and who finishes it.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Postgres } from '../../../../soak/lib/cluster/postgres.mjs';
import { Backend } from '../../harness/backend';
import type { backendConfig } from '../../harness/configuration';
import { freePorts } from '../../harness/ports';

type Config = ReturnType<typeof backendConfig>;

export type StoreKind = 'sqlite' | 'postgres';

/** The replica that gets what ends so: the first or the second one. */
export type Routes = Record<string, 0 | 1>;

const haproxy = process.env.STAGEDOOR_E2E_HAPROXY ?? '/usr/sbin/haproxy';
const readinessDeadline = 10_000;

export class Replicas {
    #balancer: ChildProcess | undefined;
    #postgres: Postgres | undefined;

    private constructor(
        private readonly folder: string,
        readonly backends: Backend[],
    ) {}

    static async start(config: Config, routes: Routes, store: StoreKind): Promise<Replicas> {
        const replicas = new Replicas(mkdtempSync(join(tmpdir(), 'stagedoor-e2e-replicas-')), []);
        try {
            await replicas.#start(store === 'postgres' ? await replicas.#withPostgres(config) : config, routes, store);
        } catch (error) {
            await replicas.stop();
            throw error;
        }
        return replicas;
    }

    /** How many requests to this endpoint a replica has answered, by its log. */
    answered(replica: 0 | 1, endpoint: string): number {
        return this.backends[replica].output.split('\n').filter((line) => line.includes(endpoint)).length;
    }

    async stop(): Promise<void> {
        if (this.#balancer?.exitCode === null) {
            this.#balancer.kill('SIGTERM');
            await once(this.#balancer, 'exit');
        }
        for (const backend of this.backends.splice(0)) await backend.stop();
        await this.#postgres?.stop();
        rmSync(this.folder, { recursive: true, force: true });
    }

    async #withPostgres(config: Config): Promise<Config> {
        const [port] = await freePorts(1);
        await chmod(this.folder, 0o755); // PostgreSQL runs as a user of its own, and has its files in there
        this.#postgres = new Postgres({ folder: this.folder, port });
        await this.#postgres.start();
        const own = structuredClone(config);
        Object.assign(own.backend, { database: { client: 'pg', connection: this.#postgres.connection } });
        Object.assign(own.auth.session, { store: 'postgres' });
        return own;
    }

    async #start(config: Config, routes: Routes, store: StoreKind): Promise<void> {
        const ports = await freePorts(2);
        // Replicas share nothing but the database; SQLite is a file in the data folder.
        const data = store === 'sqlite' ? join(this.folder, 'data') : undefined;
        if (data) await mkdir(data);
        for (const port of ports) {
            const own = structuredClone(config);
            own.backend.listen.port = port;
            this.backends.push(await Backend.start(own, undefined, data));
        }
        const file = join(this.folder, 'haproxy.cfg');
        await writeFile(file, balancerConfig(config.backend.listen.port, ports, routes));
        this.#balancer = spawn(haproxy, ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'inherit'] });
        await once(this.#balancer, 'spawn');
        await untilListening(config.backend.listen.port);
    }
}

function balancerConfig(port: number, ports: number[], routes: Routes): string {
    const rules = Object.entries(routes).map(
        ([end, replica]) => `    use_backend replica${replica} if { path_end ${end} }`,
    );
    const replicas = ports.map(
        (one, index) => `backend replica${index}\n    server replica${index} 127.0.0.1:${one}\n`,
    );
    return `defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend auth
    bind 127.0.0.1:${port}
${rules.join('\n')}
    default_backend replica0
${replicas.join('')}`;
}

async function untilListening(port: number): Promise<void> {
    for (const deadline = Date.now() + readinessDeadline; Date.now() < deadline; await pause(20)) {
        const socket = connect(port, '127.0.0.1');
        const isOpen = await new Promise((done) => {
            socket.once('connect', () => done(true)).once('error', () => done(false));
        });
        socket.destroy();
        if (isOpen) return;
    }
    throw new Error(`HAProxy does not listen on port ${port}`);
}
