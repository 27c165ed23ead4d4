import { createServer } from 'node:http';
import { readFileSync, readdirSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const contentTypes = {
    '.html': 'text/html; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.svg': 'image/svg+xml',
};
const maxBodyBytes = 1024;

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

// The page's script with the SDK as its build leaves it, which is what an app gets from npm.
async function bundle() {
    const { outputFiles } = await build({
        entryPoints: [path('page/app.js')],
        bundle: true,
        write: false,
        format: 'esm',
        target: 'es2022',
        logLevel: 'warning',
        alias: {
            '@stagedoor/client/dialog': path('../../sdk/client/dist/dialog.js'),
            '@stagedoor/client': path('../../sdk/client/dist/index.js'),
        },
    });
    return outputFiles[0].contents;
}

// Read once: what is not in this map is not served.
async function loadFiles() {
    const folder = new URL('public/', import.meta.url);
    const files = new Map([['/app.js', { type: contentTypes['.js'], body: await bundle() }]]);
    for (const name of readdirSync(folder)) {
        files.set(`/${name}`, { type: contentTypes[extname(name)], body: readFileSync(new URL(name, folder)) });
    }
    files.set('/', files.get('/index.html'));
    return files;
}

function headersFor({ authUrl, acmeIdUrl, acmeCodeUrl }, coop) {
    const policy = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        `img-src 'self' ${acmeIdUrl} ${acmeCodeUrl}`,
        `connect-src 'self' ${new URL(authUrl).origin} ${acmeIdUrl} ${acmeCodeUrl}`,
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ];
    return {
        'Content-Security-Policy': policy.join('; '),
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        ...(coop !== 'none' && { 'Cross-Origin-Opener-Policy': coop }),
    };
}

async function readJson(request) {
    let body = '';
    for await (const chunk of request) {
        body += chunk;
        if (body.length > maxBodyBytes) throw new Error('the body is too large');
    }
    return JSON.parse(body);
}

// Takes what the page has chosen. A type that a form of another site can't send, so that only the page itself changes it.
async function setSwitches(request, response, switches) {
    try {
        if (request.headers['content-type'] !== 'application/json') throw new Error('not JSON');
        switches.set(await readJson(request));
        response.writeHead(204).end();
    } catch {
        response.writeHead(400).end();
    }
}

// Serves the sample app on a loopback port. `settings` is what the page asks for as /settings.json, with the `switches`
// (lib/switches.mjs). Resolves with {close()}.
export async function startApp({ port, settings, switches }) {
    const files = await loadFiles();
    const server = createServer((request, response) => {
        const { pathname } = new URL(request.url, 'http://app.invalid');
        if (request.method === 'POST' && pathname === '/switches') return setSwitches(request, response, switches);
        const headers = headersFor(settings, switches.now.appCoop);
        if (pathname === '/settings.json') {
            response.writeHead(200, { ...headers, 'Content-Type': 'application/json' });
            return response.end(JSON.stringify({ ...settings, switches: switches.now }));
        }
        const file = files.get(pathname);
        if (!file) return response.writeHead(404, headers).end();
        return response.writeHead(200, { ...headers, 'Content-Type': file.type }).end(file.body);
    });
    await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    return {
        close() {
            server.closeAllConnections();
            server.close();
        },
    };
}
