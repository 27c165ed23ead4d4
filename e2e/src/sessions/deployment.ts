// The program as somebody runs it for a while: one or more replicas on one folder of data, restarted with other
// settings, killed; and the browsers that have sessions there.

import assert from 'node:assert/strict';
import { Backend } from '../harness/backend';
import { freePorts } from '../harness/ports';
import { WireClient, type SendOptions, type WireAnswer } from '../../wire/client';
import { messagesOf } from '../../wire/resultPage';

const appOrigin = 'http://127.0.0.1:3000';

export interface DeploymentSettings {
    /** Of `auth.session`, besides `secret`. */
    session?: object;
    secret?: string | string[];
    /** Of `auth.providers`. */
    providers: object;
}

export class Deployment {
    readonly #replicas: Backend[] = [];

    private constructor(
        readonly ports: number[],
        private settings: DeploymentSettings,
    ) {}

    static async start(
        settings: DeploymentSettings,
        { replicas = 1, ports, program }: { replicas?: number; ports?: number[]; program?: string } = {},
    ): Promise<Deployment> {
        const deployment = new Deployment(ports ?? (await freePorts(replicas)), settings);
        try {
            for (const port of deployment.ports) {
                const data = deployment.#replicas[0]?.data;
                const config = deployment.#config(port);
                deployment.#replicas.push(await Backend.start(config, undefined, data, program));
            }
        } catch (error) {
            await deployment.stop();
            throw error;
        }
        return deployment;
    }

    /** The auth plugin, as this replica serves it. */
    base(replica = 0): string {
        return `http://127.0.0.1:${this.ports[replica]}/api/auth`;
    }

    browser(): Browser {
        return new Browser(this, new WireClient());
    }

    /** Ends all replicas and starts them with these settings in the place of the former ones. */
    async restart(changes: Partial<DeploymentSettings> = {}): Promise<void> {
        this.settings = { ...this.settings, ...changes };
        for (const [index, port] of this.ports.entries()) {
            await this.#replicas[index].restart(this.#config(port));
        }
    }

    /** Ends a replica in the middle of whatever it does. */
    async kill(replica = 0): Promise<void> {
        await this.#replicas[replica].kill();
    }

    async stop(): Promise<void> {
        for (const replica of this.#replicas.splice(0).reverse()) await replica.stop();
    }

    #config(port: number) {
        const { session = {}, secret = 'the secret of these tests, long enough', providers } = this.settings;
        return {
            app: { baseUrl: appOrigin },
            backend: {
                // All replicas are behind the address of the first.
                baseUrl: `http://127.0.0.1:${this.ports[0]}`,
                listen: { host: '127.0.0.1', port },
                cors: { origin: [appOrigin], credentials: true },
            },
            auth: { session: { secret, ...session }, providers },
        };
    }
}

export interface Login {
    provider?: string;
    env?: string;
}

export interface Ask extends Login {
    scope?: string;
    replica?: number;
}

/** A browser with the page of the app open. */
export class Browser {
    constructor(
        private readonly deployment: Deployment,
        readonly client: WireClient,
    ) {}

    /** Another one that has the cookies of this one too. */
    copy(): Browser {
        return new Browser(this.deployment, this.client.copy());
    }

    /** Logs in at a provider that asks nobody; yields what the app gets. */
    async logIn({ provider = 'oauth2', env = 'development' }: Login = {}) {
        const query = new URLSearchParams({ env, origin: appOrigin, flow: 'popup' });
        const started = await this.client.send(`${this.deployment.base()}/${provider}/start?${query}`);
        assert.equal(started.status, 302, started.text);
        const atProvider = await new WireClient().send(started.headers.location);
        return this.finishLogin(atProvider.headers.location);
    }

    /** The way back from the provider. */
    async finishLogin(back: string) {
        const finished = await this.client.send(back);
        assert.equal(finished.status, 200, finished.text);
        const message = messagesOf(finished).find(({ data }) => data.type === 'authorization_response');
        assert.ok(message?.data.response, JSON.stringify(message?.data.error));
        return message.data.response;
    }

    refresh({ provider = 'oauth2', env = 'development', scope = '', replica = 0 }: Ask = {}) {
        const query = new URLSearchParams({ env, scope });
        return this.#ask(`${this.deployment.base(replica)}/${provider}/refresh?${query}`);
    }

    logOut({ provider = 'oauth2', env = 'development', replica = 0 }: Ask = {}) {
        const path = `${provider}/logout?env=${env}`;
        return this.#ask(`${this.deployment.base(replica)}/${path}`, { method: 'POST' });
    }

    /** The cookies of the session, as `Cookie` would have them. */
    sessionCookies(provider = 'oauth2'): string[] {
        const header = this.client.cookieHeader(new URL(`${this.deployment.base()}/${provider}/refresh`));
        return header.split('; ').filter((pair) => pair.startsWith(`${provider}-refresh-token`));
    }

    #ask(url: string, options: SendOptions = {}): Promise<WireAnswer> {
        const headers = { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin };
        return this.client.send(url, { ...options, headers });
    }
}

/** The access token of an answer, which has to be a good one. */
export function tokenOf(answer: WireAnswer): string {
    assert.equal(answer.status, 200, answer.text);
    return answer.json().providerInfo.accessToken;
}

/** The code of the innermost cause of an error. */
export function causeOf(answer: WireAnswer): string {
    let { error } = answer.json();
    while (error.cause) error = error.cause;
    return error.code;
}
