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
    page?: 'main' | 'backstage';
    /** The Cross-Origin-Opener-Policy of the page. */
    coop?: Coop;
}

const built = resolve('dist/sdk-pages');

/** Where a page is served that is as chosen. */
export function pagePath({ page = 'main', ...choice }: PageChoice): string {
    return `/${page}?${new URLSearchParams(Object.entries(choice))}`;
}

export class TestPages {
    readonly #scripts = new Map<string, string>();
    readonly #server: ReturnType<typeof createHttpServer>;
    #template = '';

    private constructor(
        private readonly baseUrl: string,
        certificate?: Certificate,
    ) {
        const listener = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response);
        this.#server = certificate ? createHttpsServer(certificate, listener) : createHttpServer(listener);
    }

    static async serve(port: number, baseUrl: string, certificate?: Certificate): Promise<TestPages> {
        const pages = new TestPages(baseUrl, certificate);
        pages.#template = await readFile('src/sdk/page/index.html', 'utf8');
        for (const name of ['main', 'backstage']) pages.addScript(name, await readFile(`${built}/${name}.js`, 'utf8'));
        await new Promise<void>((done, fail) => pages.#server.once('error', fail).listen(port, '127.0.0.1', done));
        return pages;
    }

    /** From now on there is a page of this name, which runs this script. */
    addScript(name: string, script: string): void {
        this.#scripts.set(name, script);
    }

    async stop(): Promise<void> {
        this.#server.closeAllConnections();
        await new Promise((done) => this.#server.close(done));
    }

    #answer(request: IncomingMessage, response: ServerResponse): void {
        const { pathname, searchParams } = new URL(request.url ?? '/', 'http://pages');
        const [, name, isScript] = /^\/(\w+)(\.js)?$/.exec(pathname) ?? [];
        const script = this.#scripts.get(name);
        if (script === undefined) {
            response.writeHead(404).end();
            return;
        }
        response.setHeader('cache-control', 'no-store');
        const coop = searchParams.get('coop');
        if (coop && coop !== 'none') response.setHeader('cross-origin-opener-policy', coop);
        if (isScript) response.setHeader('content-type', 'text/javascript; charset=utf-8').end(script);
        else response.setHeader('content-type', 'text/html; charset=utf-8').end(this.#page(name, searchParams));
    }

    #page(name: string, choice: URLSearchParams): string {
        const settings: PageSettings = {
            baseUrl: this.baseUrl,
            flow: choice.get('flow') === 'redirect' ? 'redirect' : 'popup',
            blockedFallback: choice.get('blockedFallback') === 'redirect' ? 'redirect' : 'none',
        };
        return this.#template
            .replace('/*settings*/', () => JSON.stringify(settings).replaceAll('<', '\\u003c'))
            .replace('/*script*/', () => `${name}.js`);
    }
}
