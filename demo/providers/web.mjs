// What the pages of both providers have in common. Every value that comes from outside passes through escape().
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';

const maxFormBytes = 4096;
const style = readFileSync(new URL('style.css', import.meta.url));

export function escape(value) {
    const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
    return String(value).replace(/[&<>"']/g, (character) => entities[character]);
}

// `look` is a class of style.css.
export function layout({ look, name, title, body }) {
    return `<!doctype html>
<html lang="en" class="${look}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
<p class="issuer">${escape(name)}</p>
<h1>${escape(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

// A list of scopes in words. `meanings` has those that the provider knows.
export function scopeList(scopes, meanings) {
    const items = scopes.map((scope) => `<li>${escape(meanings[scope] ?? scope)} <code>${escape(scope)}</code></li>`);
    return `<ul>${items.join('')}</ul>`;
}

// A picture from the initials of a name.
export function avatar(name) {
    const initials = name.split(/\s+/).map((word) => [...word][0] ?? '').slice(0, 2).join('').toUpperCase();
    const hue = [...name].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 360, 7);
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">
<rect width="96" height="96" fill="hsl(${hue} 55% 42%)"/>
<text x="48" y="50" fill="#fff" font-family="sans-serif" font-size="38" text-anchor="middle" dominant-baseline="central">${escape(initials)}</text>
</svg>
`;
}

export async function readForm(request) {
    let body = '';
    for await (const chunk of request) {
        body += chunk;
        if (body.length > maxFormBytes) throw Object.assign(new Error('the form is too large'), { status: 413 });
    }
    return new URLSearchParams(body);
}

export function sendPage(response, status, html) {
    response.writeHead(status, {
        'Content-Type': 'text/html; charset=utf-8',
        'Cache-Control': 'no-store',
        'Content-Security-Policy': "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
        'Referrer-Policy': 'no-referrer',
    });
    response.end(html);
}

export function sendStyle(response) {
    response.writeHead(200, { 'Content-Type': 'text/css; charset=utf-8' }).end(style);
}

export function sendPicture(response, name) {
    response.writeHead(200, { 'Content-Type': 'image/svg+xml', 'Cache-Control': 'max-age=3600' }).end(avatar(name));
}

// Serves `listener` on a loopback port. Resolves with {close()}.
export async function listen(port, listener) {
    const server = createServer(listener);
    await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    return {
        close() {
            server.closeAllConnections();
            server.close();
        },
    };
}
