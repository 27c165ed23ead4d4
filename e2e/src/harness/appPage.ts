// The app in a tab: what a person does there, what a plugin calls there, and which requests come of it.

import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContext, Page, Request } from 'playwright-core';
import type { AuthRequestOptions } from '@backstage/core-plugin-api';

/** What a promise in the page came to. */
export interface Outcome {
    value?: string;
    error?: { name: string; message: string };
}

/** For the whole of a login, in milliseconds: far more than it takes. */
const patienceWithCalls = 30_000;

type Method = 'getAccessToken' | 'getIdToken' | 'getProfile' | 'signIn' | 'signOut';

export class AppPage {
    /** The requests of this tab to the auth service so far; those of popups are not among them. */
    readonly requests: Request[] = [];

    private constructor(
        readonly page: Page,
        private readonly authUrl: string,
    ) {
        page.on('request', (request) => {
            if (request.url().startsWith(authUrl)) this.requests.push(request);
        });
    }

    static async open(context: BrowserContext, url: string, authUrl: string): Promise<AppPage> {
        const app = new AppPage(await context.newPage(), authUrl);
        await app.page.goto(url);
        await app.untilReady();
        return app;
    }

    async untilReady(): Promise<void> {
        let fail: (error: Error) => void = () => {};
        const failed = new Promise<never>((_resolve, reject) => this.page.once('pageerror', (fail = reject)));
        try {
            await Promise.race([this.page.locator('main[data-ready=true]').waitFor(), failed]);
        } finally {
            this.page.off('pageerror', fail);
        }
    }

    async reload(): Promise<void> {
        await this.page.reload();
        await this.untilReady();
    }

    /** Calls an API of the app and waits for what comes of it, good or bad. Profiles come as JSON. */
    async call(login: string, method: Method, ...args: unknown[]): Promise<Outcome> {
        const outcome = this.page.evaluate(callInPage, [login, method, args] as const);
        const ended = new AbortController();
        try {
            return await Promise.race([outcome, this.#giveUp(`${method} of ${login}`, ended.signal)]);
        } finally {
            ended.abort();
        }
    }

    /** A login that failed in its popup leaves the call waiting for another try: the dialog says what happened. */
    async #giveUp(what: string, ended: AbortSignal): Promise<never> {
        await pause(patienceWithCalls, undefined, { signal: ended });
        const dialog = await this.page.getByRole('dialog').allInnerTexts();
        throw new Error(`${what} has not come to an end; the dialog says: ${dialog.join() || 'nothing'}`);
    }

    /** A token, or the error of the app as an exception. `''` is no token. */
    async accessToken(
        login: string,
        scope?: string | string[],
        options?: AuthRequestOptions,
    ): Promise<string> {
        const { value, error } = await this.call(login, 'getAccessToken', scope, options);
        if (error) throw new Error(`${error.name}: ${error.message}`);
        return value ?? '';
    }

    /** The token of a session that is there already; `''` if the user would have to be asked. */
    silentToken(login: string): Promise<string> {
        return this.accessToken(login, undefined, { optional: true });
    }

    /** Asks for a token and presses the login button of the dialog that comes. */
    async askForToken(login: string, scope?: string | string[]) {
        // The dialog of a former login may still be fading out, with a button that does nothing any more.
        await this.page.getByRole('dialog').waitFor({ state: 'detached' });
        const outcome = this.call(login, 'getAccessToken', scope);
        return { popup: await this.pressLogIn(), outcome };
    }

    /** Asks for a token with a popup at once, without the dialog. */
    async askWithInstantPopup(login: string, scope?: string | string[]) {
        const opened = this.page.waitForEvent('popup');
        const outcome = this.call(login, 'getAccessToken', scope, { instantPopup: true });
        return { popup: await opened, outcome };
    }

    async pressLogIn(): Promise<Page> {
        const opened = this.page.waitForEvent('popup');
        await this.page.getByRole('button', { name: 'Log in' }).click();
        return opened;
    }

    /** The part of the page for one login. */
    row(login: string) {
        return this.page.getByRole('region', { name: login, exact: true });
    }

    /** The requests so far to `/{provider}/{endpoint}` of the auth service, without preflights. */
    requestsTo(endpoint: string): Request[] {
        return this.requests.filter(
            (request) => new URL(request.url()).pathname.endsWith(endpoint) && request.method() !== 'OPTIONS',
        );
    }

    /** The next answer of the auth service to a request of this tab to `/{provider}/{endpoint}`. */
    nextAnswer(endpoint: string) {
        return this.page.waitForResponse((response) => {
            const isOurs =
                response.url().startsWith(this.authUrl) && response.request().method() !== 'OPTIONS';
            return isOurs && new URL(response.url()).pathname.endsWith(endpoint);
        });
    }
}

async function callInPage([login, method, args]: readonly [string, Method, unknown[]]): Promise<Outcome> {
    try {
        const api = window.stagedoorTest.apis[login] as unknown as Record<string, Function>;
        const value = await api[method](...args);
        return { value: typeof value === 'object' ? JSON.stringify(value) : value };
    } catch (error) {
        const { name, message } = error as Error;
        return { error: { name, message } };
    }
}
