// The little that the popup matrix needs of a browser, so that it runs in Chromium (by playwright-core) and in
// Firefox (by puppeteer-core, which speaks WebDriver BiDi to the browser as Debian has it). Both let third-party
// cookies through: without them a page of another site has no session at all.

import { existsSync } from 'node:fs';
import type { BrowserContext, Page as PlaywrightPage } from 'playwright-core';
import { launch, type BrowserContext as PuppeteerContext, type Page as PuppeteerPage } from 'puppeteer-core';
import { launchWithThirdPartyCookies } from '../../harness/browser';

/** A tab, or a popup. */
export interface Tab {
    goto(url: string): Promise<void>;
    /** Waits until there is such an element. */
    appearance(selector: string): Promise<void>;
    type(selector: string, text: string): Promise<void>;
    click(selector: string): Promise<void>;
    evaluate<Argument, Result>(work: (argument: Argument) => Result, argument: Argument): Promise<Awaited<Result>>;
    /** Settles when it was closed, by whomever. */
    readonly closed: Promise<void>;
    close(): Promise<void>;
}

export interface LoginBrowser {
    newTab(): Promise<Tab>;
    /** The next window that is opened by a page. */
    nextPopup(): Promise<Tab>;
    forgetEverything(): Promise<void>;
    close(): Promise<void>;
}

/** For one step in a browser, in milliseconds: far more than it takes. */
const patience = 20_000;

const firefoxPath = process.env.STAGEDOOR_E2E_FIREFOX ?? '/usr/bin/firefox-esr';

export async function launchChromium(): Promise<LoginBrowser> {
    const { context, close } = await launchWithThirdPartyCookies('allowed');
    context.setDefaultTimeout(patience);
    return {
        newTab: async () => playwrightTab(await context.newPage()),
        nextPopup: async () => playwrightTab(await context.waitForEvent('page')),
        forgetEverything: () => forget(context),
        close,
    };
}

async function forget(context: BrowserContext): Promise<void> {
    await context.clearCookies();
    await Promise.all(context.pages().map((page) => page.close()));
}

function playwrightTab(page: PlaywrightPage): Tab {
    return {
        goto: async (url) => void (await page.goto(url)),
        appearance: (selector) => page.locator(selector).first().waitFor({ state: 'attached' }),
        type: (selector, text) => page.fill(selector, text),
        click: (selector) => page.click(selector),
        evaluate: (work, argument) => page.evaluate(work as never, argument) as never,
        closed: new Promise<void>((resolve) => page.once('close', () => resolve())),
        close: () => page.close(),
    };
}

export async function launchFirefox(): Promise<LoginBrowser> {
    if (!existsSync(firefoxPath)) {
        throw new Error(`${firefoxPath} is not there: install firefox-esr, or name one in STAGEDOOR_E2E_FIREFOX`);
    }
    const browser = await launch({
        browser: 'firefox',
        executablePath: firefoxPath,
        headless: true,
        acceptInsecureCerts: true,
        extraPrefsFirefox: { 'network.cookie.cookieBehavior': 0 }, // third-party cookies are let through
    });
    let context = await browser.createBrowserContext();
    return {
        newTab: async () => puppeteerTab(await context.newPage()),
        nextPopup: async () => puppeteerTab(await nextPage(context)),
        forgetEverything: async () => {
            await context.close();
            context = await browser.createBrowserContext();
        },
        close: () => browser.close(),
    };
}

async function nextPage(context: PuppeteerContext): Promise<PuppeteerPage> {
    const known = new Set(context.targets());
    const target = await context.waitForTarget((one) => one.type() === 'page' && !known.has(one), {
        timeout: patience,
    });
    const page = await target.page();
    if (!page) throw new Error('the window has no page');
    return page;
}

function puppeteerTab(page: PuppeteerPage): Tab {
    page.setDefaultTimeout(patience);
    return {
        goto: async (url) => void (await page.goto(url)),
        appearance: async (selector) => void (await page.waitForSelector(selector)),
        type: async (selector, text) => void (await page.locator(selector).fill(text)),
        click: (selector) => page.locator(selector).click(),
        evaluate: (work, argument) => page.evaluate(work as never, argument as never) as never,
        closed: new Promise<void>((resolve) => page.once('close', () => resolve())),
        close: () => page.close(),
    };
}
