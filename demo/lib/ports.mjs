import { createServer } from 'node:net';

function listen(port) {
    return new Promise((resolve, reject) => {
        const server = createServer();
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => resolve(server));
    });
}

// Throws an error that names the port and its use if somebody listens on it.
export async function demandFree(port, use) {
    try {
        const server = await listen(port);
        await new Promise((resolve) => server.close(resolve));
    } catch (error) {
        if (error.code !== 'EADDRINUSE') throw error;
        throw new Error(`port ${port} (${use}) is taken. Stop what listens there (ss -ltnp 'sport = :${port}'), or choose other ports: --port-base 4000`);
    }
}

// `count` different ports that were free a moment ago.
export async function findFree(count) {
    const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
    const ports = servers.map((server) => server.address().port);
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    return ports;
}
