// What the wire tests talk to: our program, started here, or another backend.
//
//   STAGEDOOR_WIRE_BASE_URL    a backend that runs already: http://localhost:7007/api/auth
//   STAGEDOOR_WIRE_APP_ORIGIN  the origin of its app.baseUrl; default http://localhost:3000
//   STAGEDOOR_WIRE_PROVIDER    port where its `oidc` and `oauth2` expect their provider; default 7099
//   STAGEDOOR_E2E_BACKEND      or: another program to start in the place of ours
//   STAGEDOOR_WIRE_STOCK=1     that program is a stock Backstage backend: what differs on purpose may fail

import { test as nodeTest } from 'node:test';
import { Backend } from '../src/harness/backend';
import { freePorts } from '../src/harness/ports';
import { WireClient, type SendOptions } from './client';
import { ScriptedProvider, wireClient, type Script } from './scriptedProvider';

const runningBackend = process.env.STAGEDOOR_WIRE_BASE_URL?.replace(/\/$/, '');

/** Whether a difference from our behaviour is to be reported instead of failed. */
export const isStock = runningBackend !== undefined || process.env.STAGEDOOR_WIRE_STOCK === '1';

export interface WireAddresses {
    /** Of `app.baseUrl`. */
    appOrigin: string;
    /** Of `backend.baseUrl`. */
    backendOrigin: string;
}

export class Target {
    private constructor(
        /** The auth plugin as browsers see it. */
        readonly base: string,
        readonly appOrigin: string,
        readonly provider: ScriptedProvider,
        private readonly backend: Backend | undefined,
        private readonly proxied: { from: string; to: string } | undefined,
    ) {}

    /** The backend that all tests share. */
    static async start(): Promise<Target> {
        if (runningBackend === undefined) return Target.launch();
        const provider = await ScriptedProvider.start(Number(process.env.STAGEDOOR_WIRE_PROVIDER ?? 7099));
        const appOrigin = process.env.STAGEDOOR_WIRE_APP_ORIGIN ?? 'http://localhost:3000';
        return new Target(runningBackend, appOrigin, provider, undefined, undefined);
    }

    /** A backend of its own, behind a proxy that ends TLS if its addresses say https. */
    static async launch(
        addresses?: WireAddresses,
        changes: (provider: string) => object = () => ({}),
    ): Promise<Target> {
        const [port] = await freePorts(1);
        const local = `http://localhost:${port}`;
        const { appOrigin, backendOrigin } = addresses ?? {
            appOrigin: 'http://localhost:3000',
            backendOrigin: local,
        };
        const provider = await ScriptedProvider.start();
        const config = wireConfig(
            port,
            { appOrigin, backendOrigin },
            provider.origin,
            changes(provider.origin),
        );
        const proxied = { from: `${backendOrigin}/`, to: `http://127.0.0.1:${port}/` };
        try {
            const backend = await Backend.start(config);
            return new Target(`${backendOrigin}/api/auth`, appOrigin, provider, backend, proxied);
        } catch (error) {
            await provider.stop();
            throw error;
        }
    }

    newClient(): WireClient {
        return new WireClient(this.proxied);
    }

    /** Everything up to the answer of `handler/frame`: start, the provider, and back. */
    async login(client: WireClient, { provider = 'oidc', query = {}, script = {} }: LoginOptions = {}) {
        const started = await client.send(this.startUrl(provider, query));
        if (started.status !== 302) throw new Error(`start answered ${started.status}: ${started.text}`);
        const back = await this.atProvider(started.headers.location, script);
        return { started, back, finished: await client.send(back) };
    }

    /** Where the provider sends the browser that came with this URL. */
    async atProvider(location: string, script: Script = {}): Promise<string> {
        if (!location.startsWith(this.provider.origin))
            throw new Error(`start leads to a foreign provider: ${location}`);
        this.provider.script = script;
        const answer = await new WireClient().send(location);
        return answer.headers.location;
    }

    startUrl(provider: string, query: Record<string, string> = {}): string {
        const all = { env: 'development', origin: this.appOrigin, flow: 'popup', ...query };
        return `${this.base}/${provider}/start?${new URLSearchParams(all)}`;
    }

    /** As the frontend asks: `GET /refresh` or `POST /logout` with its header and the origin of the page. */
    ask(client: WireClient, path: string, { headers, ...options }: SendOptions = {}) {
        const usual = { 'x-requested-with': 'XMLHttpRequest', origin: this.appOrigin };
        return client.send(`${this.base}/${path}`, { ...options, headers: headers ?? usual });
    }

    async stop(): Promise<void> {
        await this.backend?.stop();
        await this.provider.stop();
    }
}

export interface LoginOptions {
    provider?: 'oidc' | 'oauth2';
    query?: Record<string, string>;
    script?: Script;
}

function wireConfig(port: number, addresses: WireAddresses, provider: string, changes: object) {
    return {
        app: { baseUrl: addresses.appOrigin },
        backend: {
            baseUrl: addresses.backendOrigin,
            listen: { host: '127.0.0.1', port },
            cors: { origin: [addresses.appOrigin], credentials: true },
        },
        auth: {
            session: { secret: 'the secret of the wire tests, long enough to be a strong one' },
            providers: {
                oidc: { development: { ...wireClient, metadataUrl: provider, prompt: 'auto' } },
                oauth2: {
                    development: {
                        ...wireClient,
                        authorizationUrl: `${provider}/authorize?kept=yes`,
                        tokenUrl: `${provider}/token`,
                    },
                },
            },
            ...changes,
        },
    };
}

type TestBody = () => Promise<void>;

/** A test of what every backend does. */
export function wireTest(name: string, body: TestBody): void {
    nodeTest(name, body);
}

/** A test of what ours does and a stock backend does not; there it is reported as an expected difference. */
export function deliberateDifference(name: string, stock: string, body: TestBody): void {
    nodeTest(name, isStock ? { todo: `expected difference: a stock backend ${stock}` } : {}, body);
}

interface OtherSettings {
    addresses?: WireAddresses;
    /** Put over the `auth` section, given the origin of the provider. */
    auth?: (provider: string) => object;
}

type TestOfOwnTarget = (target: Target) => Promise<void>;

/** A test that needs a backend with other settings, which only one that is started here can have. */
export function wireTestWith(name: string, settings: OtherSettings, body: TestOfOwnTarget): void {
    testWith(name, {}, settings, body);
}

/** The same for a difference on purpose. */
export function deliberateDifferenceWith(
    name: string,
    stock: string,
    settings: OtherSettings,
    body: TestOfOwnTarget,
): void {
    testWith(name, isStock ? { todo: `expected difference: a stock backend ${stock}` } : {}, settings, body);
}

function testWith(name: string, options: object, settings: OtherSettings, body: TestOfOwnTarget): void {
    const skip = runningBackend !== undefined && 'needs a backend with other settings';
    nodeTest(name, { ...options, skip }, async (t) => {
        const target = await Target.launch(settings.addresses, settings.auth);
        t.after(() => target.stop());
        await body(target);
    });
}
