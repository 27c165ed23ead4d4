import { createServer } from 'node:http';
import { readFileSync, readdirSync } from 'node:fs';
import { extname } from 'node:path';

const contentTypes = {
    '.html': 'text/html; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.svg': 'image/svg+xml',
};

// Read once: what is not in this map is not served.
function loadFiles(folder) {
    const files = new Map();
    for (const name of readdirSync(folder)) {
        files.set(`/${name}`, { type: contentTypes[extname(name)], body: readFileSync(new URL(name, folder)) });
    }
    files.set('/', files.get('/index.html'));
    return files;
}

// Serves the sample app on a loopback port. `settings` is what the page asks for as /settings.json. Resolves with {close()}.
export async function startApp({ port, settings }) {
    const files = loadFiles(new URL('public/', import.meta.url));
    files.set('/settings.json', { type: 'application/json', body: JSON.stringify(settings) });
    const headers = {
        'Content-Security-Policy': [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            `img-src 'self' ${settings.providerUrl}`,
            `connect-src 'self' ${new URL(settings.authUrl).origin}`,
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ].join('; '),
        'Cache-Control': 'no-cache',
        'X-Content-Type-Options': 'nosniff',
        // The opener must keep its hold of the popup: it is how the answer is told from any other message.
        'Cross-Origin-Opener-Policy': 'unsafe-none',
    };
    const server = createServer((request, response) => {
        const file = files.get(new URL(request.url, 'http://app.invalid').pathname);
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
