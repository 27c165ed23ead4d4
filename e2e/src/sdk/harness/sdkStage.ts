// What a test of the SDK needs: providers, a backend (or several behind a balancer) and the test pages.

import { Backend } from '../../harness/backend';
import { makeCertificate } from '../../harness/certificate';
import {
    authBaseUrl,
    backendConfig,
    oidcClients,
    registration,
    type Addresses,
    type Providers,
} from '../../harness/configuration';
import { freePorts } from '../../harness/ports';
import { GithubStandIn } from '../../providers/github';
import { GoogleStandIn } from '../../providers/google';
import { OidcProvider } from '../../providers/oidc';
import { pagePath, TestPages, type PageChoice } from './testPages';

export interface SdkStageOptions {
    /** Host names of the app and of the backend; both resolve to this machine. */
    hosts?: { app: string; backend: string };
    https?: boolean;
    /** Starts the backend; a test with several of them does it in its own way. */
    startBackend?: (config: ReturnType<typeof backendConfig>) => Promise<{ stop(): Promise<unknown> }>;
}

export class SdkStage {
    private constructor(
        readonly addresses: Addresses,
        readonly providers: Providers,
        readonly pages: TestPages,
        private readonly stops: (() => Promise<unknown>)[],
    ) {}

    static async start(options: SdkStageOptions = {}): Promise<SdkStage> {
        const stops: (() => Promise<unknown>)[] = [];
        try {
            return await SdkStage.#start(options, stops);
        } catch (error) {
            await stopAll(stops);
            throw error;
        }
    }

    static async #start(options: SdkStageOptions, stops: (() => Promise<unknown>)[]): Promise<SdkStage> {
        const { hosts = { app: 'localhost', backend: 'localhost' }, https = false } = options;
        const started = async <T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> => {
            const it = await starting;
            stops.unshift(() => it.stop());
            return it;
        };
        const [appPort, backendPort, oidcPort] = await freePorts(3);
        const scheme = https ? 'https' : 'http';
        const certificate = https ? await makeCertificate() : undefined;
        const addresses = {
            appOrigin: `${scheme}://${hosts.app}:${appPort}`,
            backendOrigin: `${scheme}://${hosts.backend}:${backendPort}`,
            backendPort,
        };
        const github = registration(addresses, 'github');
        const providers = {
            oidc: await started(OidcProvider.start(oidcPort, oidcClients(addresses))),
            google: await started(GoogleStandIn.start(registration(addresses, 'google'))),
            githubOAuthApp: await started(GithubStandIn.start(github, { expiring: false })),
            githubApp: await started(GithubStandIn.start(github, { expiring: true })),
        };
        const startBackend = options.startBackend ?? ((config) => Backend.start(config, certificate));
        await started(startBackend(backendConfig(addresses, providers, { certificate })));
        const pages = await started(TestPages.serve(appPort, authBaseUrl(addresses), certificate));
        return new SdkStage(addresses, providers, pages, stops);
    }

    get authUrl(): string {
        return authBaseUrl(this.addresses);
    }

    /** The address of a page that is served and set up as chosen. */
    url(choice: PageChoice = {}): string {
        return this.addresses.appOrigin + pagePath(choice);
    }

    /** How often the OpenID provider was asked for other tokens by a refresh token. */
    refreshesAtProvider(): number {
        const grants = this.providers.oidc.requestsTo('token').map(({ parameters }) => parameters.grant_type);
        return grants.filter((grant) => grant === 'refresh_token').length;
    }

    async stop(): Promise<void> {
        await stopAll(this.stops);
    }
}

async function stopAll(stops: (() => Promise<unknown>)[]): Promise<void> {
    for (const stop of stops.splice(0)) await stop();
}
