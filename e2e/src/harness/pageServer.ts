// Serves what a browser loads: the built app with its configuration in the page, or a single page of a test.

import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Certificate } from './certificate';

const builtApp = resolve('dist/app');

export interface AppVariants {
    /** The configuration that the page at this path carries. */
    [path: string]: object;
}

export class PageServer {
    private constructor(private readonly server: ReturnType<typeof createHttpServer>) {}

    /** The app, with its configuration in the place where the Backstage app backend puts it. */
    static async serveApp(
        port: number,
        variants: AppVariants,
        certificate?: Certificate,
    ): Promise<PageServer> {
        const page = await readFile(`${builtApp}/index.html`, 'utf8');
        const script = await readFile(`${builtApp}/main.js`);
        const pages = new Map(
            Object.entries(variants).map(([path, config]) => [path, withConfig(page, config)]),
        );
        const listener: RequestListener = (request, response) => {
            const path = new URL(request.url ?? '/', 'http://app').pathname;
            if (path === '/main.js') response.setHeader('content-type', 'text/javascript').end(script);
            else if (pages.has(path)) sendHtml(response, pages.get(path)!);
            else response.writeHead(404).end();
        };
        return PageServer.#listen(port, listener, certificate);
    }

    /** One page, on every path. */
    static servePage(port: number, html: string): Promise<PageServer> {
        return PageServer.#listen(port, (_request, response) => sendHtml(response, html));
    }

    static async #listen(
        port: number,
        listener: RequestListener,
        certificate?: Certificate,
    ): Promise<PageServer> {
        const server = certificate ? createHttpsServer(certificate, listener) : createHttpServer(listener);
        await new Promise<void>((done, fail) => server.once('error', fail).listen(port, '127.0.0.1', done));
        return new PageServer(server);
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((done) => this.server.close(done));
    }
}

function withConfig(page: string, config: object): string {
    const carried = JSON.stringify([{ context: 'app-config.yaml', data: config }]).replaceAll('<', '\\u003c');
    return page.replace('/*config*/', () => carried);
}

function sendHtml(response: Parameters<RequestListener>[1], html: string): void {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
}
