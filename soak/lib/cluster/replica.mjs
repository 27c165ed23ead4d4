import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, Process } from './process.mjs';

// One process of the backend, with a port and a configuration file of its own.
export class Replica {
    crashes = []; // ends that nobody asked for

    constructor({ name, port, program, folder, dataFolder, config }) {
        Object.assign(this, { name, port, folder, url: `http://127.0.0.1:${port}` });
        const file = join(folder, `${name}.json`);
        this.logFile = join(folder, `${name}.log`);
        mkdirSync(dataFolder, { recursive: true });
        writeFileSync(file, JSON.stringify(config, null, 2)); // JSON is YAML
        if (!existsSync(program)) throw new Error(`${program} is not there: run scripts/build first`);
        const command = [program, 'serve', '--config', file, '--data', dataFolder, '--log-format', 'json'];
        this.process = new Process({ name, command, logFile: this.logFile });
    }

    get isRunning() {
        return this.process.isRunning;
    }

    async start() {
        this.isWanted = true;
        this.process.start();
        this.process.exited.then((end) => {
            if (this.isWanted) this.crashes.push({ at: Date.now(), replica: this.name, end });
        });
        await this.process.waitUntil(() => answers(`${this.url}/.backstage/health/v1/readiness`));
    }

    async kill() {
        this.isWanted = false;
        this.process.signal('SIGKILL');
        await this.process.exited;
    }

    stall() {
        this.process.signal('SIGSTOP');
    }

    resume() {
        this.process.signal('SIGCONT');
    }

    async stop() {
        this.isWanted = false;
        await this.process.stop();
    }
}
