// Everything that a browser test needs, started together and stopped together: providers, backend, app and
// browser.

import type { Browser, BrowserContext } from 'playwright-core';
import { GithubStandIn } from '../providers/github';
import { GoogleStandIn } from '../providers/google';
import { OidcProvider } from '../providers/oidc';
import { AppPage } from './appPage';
import { Backend } from './backend';
import { launchBrowser } from './browser';
import { makeCertificate } from './certificate';
import {
    appConfig,
    authBaseUrl,
    backendConfig,
    oidcClients,
    registration,
    type Addresses,
    type BackendExtras,
    type Providers,
} from './configuration';
import { PageServer } from './pageServer';
import { freePorts } from './ports';

/** For what has to happen in a browser, in milliseconds: far more than it takes. */
const patience = 10_000;

export interface StageOptions {
    /** Host names of the app and of the backend; both resolve to this machine. */
    hosts?: { app: string; backend: string };
    https?: boolean;
    responseMode?: BackendExtras['responseMode'];
    session?: BackendExtras['session'];
    /** Also serve the app on a second port, and admit its origin. */
    secondApp?: boolean;
}

/** What `node:test` hands to a test, as far as it is needed here. */
interface TestContext {
    after(cleanUp: () => Promise<void>): void;
}

export class Stage {
    private constructor(
        readonly addresses: Addresses,
        /** The origin of the second app, or `''`. */
        readonly secondAppOrigin: string,
        readonly providers: Providers,
        readonly backend: Backend,
        readonly browser: Browser,
        private readonly stops: (() => Promise<unknown>)[],
    ) {}

    static async start(options: StageOptions = {}): Promise<Stage> {
        const stops: (() => Promise<unknown>)[] = [];
        const started = async <T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> => {
            const it = await starting;
            stops.unshift(() => it.stop());
            return it;
        };
        try {
            return await Stage.#start(options, started, stops);
        } catch (error) {
            await stopAll(stops);
            throw error;
        }
    }

    static async #start(
        {
            hosts = { app: 'localhost', backend: 'localhost' },
            https = false,
            responseMode,
            session,
            secondApp,
        }: StageOptions,
        started: <T extends { stop(): Promise<unknown> }>(starting: Promise<T>) => Promise<T>,
        stops: (() => Promise<unknown>)[],
    ): Promise<Stage> {
        const [appPort, secondAppPort, backendPort, oidcPort] = await freePorts(4);
        const scheme = https ? 'https' : 'http';
        const certificate = https ? await makeCertificate() : undefined;
        const addresses = {
            appOrigin: `${scheme}://${hosts.app}:${appPort}`,
            backendOrigin: `${scheme}://${hosts.backend}:${backendPort}`,
            backendPort,
        };
        const secondAppOrigin = secondApp ? `${scheme}://${hosts.app}:${secondAppPort}` : '';
        const github = registration(addresses, 'github');
        const providers = {
            oidc: await started(OidcProvider.start(oidcPort, oidcClients(addresses))),
            google: await started(GoogleStandIn.start(registration(addresses, 'google'))),
            githubOAuthApp: await started(GithubStandIn.start(github, { expiring: false })),
            githubApp: await started(GithubStandIn.start(github, { expiring: true })),
        };
        const config = appConfig(addresses);
        const variants = { '/': config, '/redirect': { ...config, enableExperimentalRedirectFlow: true } };
        await started(PageServer.serveApp(appPort, variants, certificate));
        if (secondApp) await started(PageServer.serveApp(secondAppPort, variants, certificate));

        const extraAllowedOrigins = secondApp ? [secondAppOrigin] : [];
        const extras = { certificate, responseMode, session, extraAllowedOrigins };
        const backend = await started(
            Backend.start(backendConfig(addresses, providers, extras), certificate),
        );
        const browser = await launchBrowser();
        stops.unshift(() => browser.close());
        return new Stage(addresses, secondAppOrigin, providers, backend, browser, stops);
    }

    /** The address of the auth service, without a slash at its end. */
    get authUrl(): string {
        return authBaseUrl(this.addresses);
    }

    /** A browser without a past, for one test. */
    async newContext(test: TestContext): Promise<BrowserContext> {
        const context = await this.browser.newContext({ ignoreHTTPSErrors: true });
        context.setDefaultTimeout(patience);
        test.after(() => context.close());
        return context;
    }

    /** The app in a browser without a past, or in one that is already there. */
    async openApp(
        test: TestContext,
        where: { path?: string; context?: BrowserContext } = {},
    ): Promise<AppPage> {
        const context = where.context ?? (await this.newContext(test));
        return AppPage.open(context, `${this.addresses.appOrigin}${where.path ?? '/'}`, this.authUrl);
    }

    async stop(): Promise<void> {
        await stopAll(this.stops);
    }
}

async function stopAll(stops: (() => Promise<unknown>)[]): Promise<void> {
    for (const stop of stops.splice(0)) await stop();
}
