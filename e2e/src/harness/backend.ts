// The backend under test: the built program with a configuration of its own, in a folder of its own.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Certificate } from './certificate';

interface BackendConfig {
    backend: { listen: { port: number } };
}

// npm runs scripts in the folder of the package.
const program = resolve(process.env.STAGEDOOR_E2E_BACKEND ?? '../build/release/stagedoor');
const readinessDeadline = 30_000;
const stopDeadline = 10_000;

export class Backend {
    readonly #output: string[] = [];
    readonly #folder = mkdtempSync(join(tmpdir(), 'stagedoor-e2e-'));
    readonly #data: string;
    readonly #killOnExit = () => this.#process?.kill('SIGKILL');
    #process: ChildProcess | undefined;

    private constructor(
        private readonly port: number,
        private readonly certificate: string | undefined,
        data?: string,
    ) {
        this.#data = data ?? join(this.#folder, 'data');
    }

    /**
     * Starts the program with this configuration and waits until it says that it is ready. Replicas are given one
     * `data` folder; else it is its own, and goes with it.
     */
    static async start(config: BackendConfig, certificate?: Certificate, data?: string): Promise<Backend> {
        const backend = new Backend(config.backend.listen.port, certificate?.cert, data);
        try {
            await backend.#launch(config);
            await backend.#untilReady();
        } catch (error) {
            await backend.stop();
            throw error;
        }
        return backend;
    }

    /** All that the program wrote so far, for a test that looks for what must not be there. */
    get output(): string {
        return this.#output.join('');
    }

    /** Asks the program to end, and waits for it. Throws if it has to be killed. */
    async stop(): Promise<void> {
        const running = this.#process;
        if (running && isRunning(running)) {
            const exited = once(running, 'exit');
            const deadline = setTimeout(() => running.kill('SIGKILL'), stopDeadline);
            running.kill('SIGTERM');
            await exited;
            clearTimeout(deadline);
        }
        process.off('exit', this.#killOnExit);
        rmSync(this.#folder, { recursive: true, force: true });
        if (running?.signalCode === 'SIGKILL') throw new Error(`no end after SIGTERM:\n${this.output}`);
    }

    async #launch(config: object): Promise<void> {
        await access(program).catch(() => {
            throw new Error(
                `${program} does not exist: build it first, or name another in STAGEDOOR_E2E_BACKEND`,
            );
        });
        const file = join(this.#folder, 'app-config.yaml');
        await writeFile(file, JSON.stringify(config, null, 4)); // JSON is YAML
        this.#process = spawn(program, ['serve', '--config', file, '--data', this.#data], {
            stdio: ['ignore', 'pipe', 'pipe'],
        });
        this.#process.stdout?.on('data', (chunk) => this.#output.push(String(chunk)));
        this.#process.stderr?.on('data', (chunk) => this.#output.push(String(chunk)));
        process.on('exit', this.#killOnExit);
        await once(this.#process, 'spawn');
    }

    async #untilReady(): Promise<void> {
        const deadline = Date.now() + readinessDeadline;
        while (this.#process && isRunning(this.#process)) {
            if (await this.#isReady()) return;
            if (Date.now() > deadline)
                throw new Error(`the backend is not ready after 30 s:\n${this.output}`);
            await pause(20);
        }
        const how = this.#process?.exitCode ?? this.#process?.signalCode;
        throw new Error(`the backend ended with ${how}:\n${this.output}`);
    }

    #isReady(): Promise<boolean> {
        const path = '/.backstage/health/v1/readiness';
        const where = { host: '127.0.0.1', port: this.port, path };
        return new Promise((done) => {
            const answered = (answer: IncomingMessage) => done(answer.resume().statusCode === 200);
            const request = this.certificate
                ? httpsGet({ ...where, ca: this.certificate, servername: 'localhost' }, answered)
                : httpGet(where, answered);
            request.on('error', () => done(false));
        });
    }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
    return exitCode === null && signalCode === null;
}
