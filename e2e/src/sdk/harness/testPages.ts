// Serves the test pages, each as an app would be served whose operator has chosen this and that.

import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Certificate } from '../../harness/certificate';
import type { PageSettings } from '../page/settings';

export type Coop = 'none' | 'same-origin-allow-popups' | 'same-origin';

/** How a page is served and set up. */
export interface PageChoice extends Partial<Omit<PageSettings, 'baseUrl'>> {
    /** The name that it was added by. */
    page?: string;
    /** The Cross-Origin-Opener-Policy of the page. */
    coop?: Coop;
}

const built = resolve('dist/sdk-pages');

/** Where a page is served that is as chosen. */
export function pagePath({ page = 'main', ...choice }: PageChoice): string {
    return `/${page}/?${new URLSearchParams(Object.entries(choice))}`;
}

interface ServedPage {
    html: string;
    script: string;
}

export class TestPages {
    readonly #pages = new Map<string, ServedPage>();
    readonly #server: ReturnType<typeof createHttpServer>;

    private constructor(
        private readonly baseUrl: string,
        certificate?: Certificate,
    ) {
        const listener = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response);
        this.#server = certificate ? createHttpsServer(certificate, listener) : createHttpServer(listener);
    }

    static async serve(port: number, baseUrl: string, certificate?: Certificate): Promise<TestPages> {
        const pages = new TestPages(baseUrl, certificate);
        const html = await readFile('src/sdk/page/index.html', 'utf8');
        for (const name of ['main', 'backstage']) {
            pages.add(name, { html, script: await readFile(`${built}/${name}.js`, 'utf8') });
        }
        await new Promise<void>((done, fail) => pages.#server.once('error', fail).listen(port, '127.0.0.1', done));
        return pages;
    }

    /** From now on there is a page of this name, which loads `main.js`: this script. */
    add(name: string, page: ServedPage): void {
        this.#pages.set(name, page);
    }

    async stop(): Promise<void> {
        this.#server.closeAllConnections();
        await new Promise((done) => this.#server.close(done));
    }

    #answer(request: IncomingMessage, response: ServerResponse): void {
        const { pathname, searchParams } = new URL(request.url ?? '/', 'http://pages');
        const [, name, isScript] = /^\/([\w-]+)\/(main\.js)?$/.exec(pathname) ?? [];
        const page = this.#pages.get(name);
        if (!page) {
            response.writeHead(404).end();
            return;
        }
        response.setHeader('cache-control', 'no-store');
        const coop = searchParams.get('coop');
        if (coop && coop !== 'none') response.setHeader('cross-origin-opener-policy', coop);
        response.setHeader('content-type', `text/${isScript ? 'javascript' : 'html'}; charset=utf-8`);
        response.end(isScript ? page.script : this.#withSettings(page.html, searchParams));
    }

    #withSettings(html: string, choice: URLSearchParams): string {
        const settings: PageSettings = {
            baseUrl: this.baseUrl,
            flow: choice.get('flow') === 'redirect' ? 'redirect' : 'popup',
            blockedFallback: choice.get('blockedFallback') === 'redirect' ? 'redirect' : 'none',
        };
        return html.replace('/*settings*/', () => JSON.stringify(settings).replaceAll('<', '\\u003c'));
    }
}
