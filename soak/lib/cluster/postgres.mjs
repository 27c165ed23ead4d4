import { execFile as execFileWithCallback } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Process, run } from './process.mjs';

const execFile = promisify(execFileWithCallback);
const programs = '/usr/lib/postgresql/15/bin';

// initdb and postgres refuse to run as root: they run as the user that Debian's package makes.
function serverUser() {
    if (process.getuid() !== 0) return null;
    const id = (flag) => Number(run('id', [flag, 'postgres']));
    return { uid: id('-u'), gid: id('-g') };
}

// A PostgreSQL 15 of its own, with nothing in it, reached over TCP.
export class Postgres {
    constructor({ folder, port }) {
        Object.assign(this, { folder: join(folder, 'postgres'), port, user: 'stagedoor' });
        this.data = join(this.folder, 'data');
        this.logFile = join(folder, 'postgres.log');
        this.as = serverUser();
    }

    // What `backend.database` says to reach it.
    get connection() {
        return { host: '127.0.0.1', port: this.port, user: this.user, password: 'not needed', database: 'stagedoor' };
    }

    async start() {
        if (!existsSync(programs)) throw new Error(`${programs} is not there: install postgresql-15`);
        this.#initialise();
        const command = [join(programs, 'postgres'), '-D', this.data];
        this.process = new Process({ name: 'PostgreSQL', command, logFile: this.logFile, as: this.as });
        await this.#launch();
        run(join(programs, 'createdb'), ['-h', '127.0.0.1', '-p', this.port, '-U', this.user, 'stagedoor']);
    }

    #initialise() {
        mkdirSync(this.folder, { recursive: true });
        if (this.as) chownSync(this.folder, this.as.uid, this.as.gid);
        const flags = ['-D', this.data, '-U', this.user, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
        run(join(programs, 'initdb'), flags, { cwd: '/', ...this.as });
        const settings = {
            listen_addresses: "'127.0.0.1'",
            port: this.port,
            unix_socket_directories: `'${this.folder}'`,
            max_connections: 100,
        };
        const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
        writeFileSync(join(this.data, 'postgresql.auto.conf'), lines.join(''));
    }

    async #launch() {
        this.process.start();
        const flags = ['-q', '-h', '127.0.0.1', '-p', String(this.port), '-U', this.user];
        const isReady = () => execFile(join(programs, 'pg_isready'), flags).then(() => true, () => false);
        await this.process.waitUntil(isReady);
    }

    // As in a crash: connections are cut, nothing is finished ("immediate shutdown"). What was committed is recovered.
    async restart() {
        await this.process.stop('SIGQUIT');
        await this.#launch();
    }

    async stop() {
        await this.process?.stop('SIGINT');
    }
}
