// A test page in a tab of Chromium: what is called there, what a person clicks, and which requests come of it.

import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContext, Page, Request } from 'playwright-core';
import type { Outcome } from '../page/calls';
import type { PageChoice } from './testPages';
import type { SdkStage } from './sdkStage';

/** For the whole of a login, in milliseconds: far more than it takes. */
const patience = 30_000;

/** A call that the page has begun. */
export interface Call {
    readonly popup: Page;
    readonly outcome: Promise<Outcome>;
}

export class SdkPage {
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

    static async open(stage: SdkStage, context: BrowserContext, choice?: PageChoice): Promise<SdkPage> {
        const opened = new SdkPage(await context.newPage(), stage.authUrl);
        await opened.page.goto(stage.url(choice));
        await opened.untilReady();
        return opened;
    }

    async untilReady(): Promise<void> {
        await this.page.locator('html[data-ready=true]').waitFor({ state: 'attached' });
    }

    async reload(): Promise<void> {
        await this.page.reload();
        await this.untilReady();
    }

    /** Calls `target.method(...args)` and waits for what comes of it, good or bad. */
    async call(target: string, method: string, ...args: unknown[]): Promise<Outcome> {
        return this.outcome(await this.begin(target, method, ...args));
    }

    begin(target: string, method: string, ...args: unknown[]): Promise<number> {
        return this.page.evaluate(([name, member, all]) => window.sdkTest.call(name, member, all), [
            target,
            method,
            args,
        ] as const);
    }

    /** The same by a click, as a person does it. */
    async click(target: string, method: string, ...args: unknown[]): Promise<number> {
        const call = await this.page.evaluate(
            ([name, member, all]) => window.sdkTest.prepare(name, member, all),
            [target, method, args] as const,
        );
        await this.page.click('#press');
        return call;
    }

    async outcome(call: number): Promise<Outcome> {
        const ended = new AbortController();
        try {
            const outcome = this.page.evaluate((index) => window.sdkTest.outcome(index), call);
            return await Promise.race([outcome, giveUp(`call ${call}`, ended.signal)]);
        } finally {
            ended.abort();
        }
    }

    /** What a call has come to so far; undefined while it is waiting. */
    peek(call: number): Promise<Outcome | undefined> {
        return this.page.evaluate((index) => window.sdkTest.peek(index), call);
    }

    /** A token, or the error of the SDK as an exception. */
    async token(target: string, ...args: unknown[]): Promise<string> {
        const { value, error } = await this.call(target, 'getAccessToken', ...args);
        if (error) throw new Error(`${error.name} ${error.code}: ${error.message}`);
        return value as string;
    }

    /** The token of a session that is there already; `''` if the user would have to be asked. */
    silentToken(target: string): Promise<string> {
        return this.token(target, undefined, { optional: true });
    }

    /** Asks for a token by a click that opens the popup at once. */
    async askWithPopup(target: string, scopes?: string | string[]): Promise<Call> {
        const opened = this.page.context().waitForEvent('page');
        const call = await this.click(target, 'getAccessToken', scopes, { instantPopup: true });
        return { popup: await opened, outcome: this.outcome(call) };
    }

    session(target: string): Promise<{ status: string; scopes?: string[]; stale?: boolean }> {
        return this.page.evaluate((name) => window.sdkTest.snapshot(name) as never, target);
    }

    /** Waits until the session of this tab is so. */
    async untilSession(target: string, status: 'signed-in' | 'signed-out'): Promise<void> {
        await this.page.waitForFunction(
            ([name, wanted]) => (window.sdkTest.snapshot(name) as { status: string }).status === wanted,
            [target, status] as const,
        );
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
            const isOurs = response.url().startsWith(this.authUrl) && response.request().method() !== 'OPTIONS';
            return isOurs && new URL(response.url()).pathname.endsWith(endpoint);
        });
    }
}

async function giveUp(what: string, ended: AbortSignal): Promise<never> {
    await pause(patience, undefined, { signal: ended });
    throw new Error(`${what} has not come to an end`);
}
