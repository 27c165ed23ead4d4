// The provider of the soak (soak/provider.mjs) as a process: refresh tokens rotate, the second use of one ends the
// login, and each of its steps can be made to fail.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

export const rotatingClient = { clientId: 'soak', clientSecret: 'the-secret-of-soak' };

const program = resolve('../soak/provider.mjs');

/** What it counted so far. */
export interface ProviderStats {
    /** Of the token endpoint. */
    calls: number;
    /** Refreshes that spent a token, and those that came again within the grace time. */
    granted: number;
    regranted: number;
    /** Spent tokens that came again otherwise: each has ended a login. */
    reuse: number;
    revocations: number;
    /** By kind. */
    faults: Record<string, number>;
}

export interface Fault {
    kind: string;
    /** For so many calls; else until `recover()`. */
    next?: number;
    delayMs?: number;
    retryAfter?: number;
}

export class RotatingProvider {
    private constructor(
        readonly origin: string,
        private readonly child: ChildProcess,
    ) {}

    static async start(): Promise<RotatingProvider> {
        const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
        process.on('exit', () => child.kill('SIGKILL'));
        const lines = createInterface({ input: child.stdout! });
        const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit').then(endedEarly)]);
        return new RotatingProvider(JSON.parse(line).url, child);
    }

    /** Of an environment below `auth.providers.oauth2`. */
    get settings() {
        return {
            ...rotatingClient,
            authorizationUrl: `${this.origin}/authorize`,
            tokenUrl: `${this.origin}/token`,
            tokenEndpointAuthMethod: 'client_secret_basic',
            endpoints: { revocation: `${this.origin}/revoke` },
        };
    }

    stats(): Promise<ProviderStats> {
        return this.#admin('GET', 'stats');
    }

    /** Refreshes fail like this from now on; logins do not. */
    async fail(fault: Fault): Promise<void> {
        await this.#admin('POST', 'faults', { grant: 'refresh_token', ...fault });
    }

    async recover(): Promise<void> {
        await this.#admin('DELETE', 'faults');
    }

    /** `graceMs`: for how long a spent token may come again. `tokenLifetimeMs`: of access tokens. */
    async set(settings: { graceMs?: number; tokenLifetimeMs?: number }): Promise<void> {
        await this.#admin('POST', 'settings', settings);
    }

    /** Ends the login that this access token belongs to, as an administrator does. */
    async endLogin(accessToken: string): Promise<void> {
        const [, family] = accessToken.split('.');
        const { ended } = await this.#admin('POST', `revoke?family=${family}`);
        if (!ended) throw new Error(`there is no login of ${accessToken}`);
    }

    async stop(): Promise<void> {
        const exited = once(this.child, 'exit');
        this.child.kill('SIGTERM');
        await exited;
    }

    async #admin(method: string, what: string, body?: object): Promise<any> {
        const answer = await fetch(`${this.origin}/admin/${what}`, { method, body: JSON.stringify(body) });
        return answer.json();
    }
}

function endedEarly(): never {
    throw new Error(`${program} has ended at once`);
}
