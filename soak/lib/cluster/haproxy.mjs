import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, Process } from './process.mjs';

const program = '/usr/sbin/haproxy';
const readiness = '/.backstage/health/v1/readiness';

// Every request goes to the next replica. One that could not be connected to is tried elsewhere; one that was sent is
// not sent again.
function configuration(port, replicas) {
    const servers = replicas.map(({ name, port: at }) => `    server ${name} 127.0.0.1:${at} check`);
    return `global
    maxconn 8192
defaults
    mode http
    timeout connect 1s
    timeout client 60s
    timeout server 40s
    timeout check 1s
    retries 3
    retry-on conn-failure
    option redispatch 1
frontend browsers
    bind 127.0.0.1:${port}
    default_backend replicas
backend replicas
    balance roundrobin
    option httpchk
    http-check send meth GET uri ${readiness} ver HTTP/1.1 hdr Host 127.0.0.1
    default-server inter 300ms fall 2 rise 1
${servers.join('\n')}
`;
}

export class HaProxy {
    constructor({ folder, port, replicas }) {
        const file = join(folder, 'haproxy.cfg');
        writeFileSync(file, configuration(port, replicas));
        this.url = `http://127.0.0.1:${port}`;
        this.process = new Process({
            name: 'HAProxy',
            command: [program, '-db', '-f', file],
            logFile: join(folder, 'haproxy.log'),
        });
    }

    async start() {
        this.process.start();
        await this.process.waitUntil(() => answers(`${this.url}${readiness}`));
    }

    stop() {
        return this.process.stop();
    }
}
