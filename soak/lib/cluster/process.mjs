import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const setpriv = '/usr/bin/setpriv';

export function tail(file, lines = 20) {
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : '';
}

// Runs a command to its end; throws with what it printed if that is not success.
export function run(command, args, options = {}) {
    const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', ...options });
    if (error) throw error;
    if (status !== 0) throw new Error(`${command} ended with ${status}: ${stdout}${stderr}`);
    return stdout;
}

// A program that runs until it is stopped; what it prints is added to `logFile`. `as`: {uid, gid}.
export class Process {
    constructor({ name, command, logFile, env, as }) {
        Object.assign(this, { name, command, logFile, env, as });
    }

    get isRunning() {
        return this.child !== undefined && this.end === undefined;
    }

    start() {
        const log = openSync(this.logFile, 'a');
        // The kernel ends it with this process, however that ends. The credentials change first: changing them would
        // clear what the kernel was asked for.
        const { uid, gid } = this.as ?? {};
        const user = this.as ? [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
        const command = [setpriv, ...user, '--pdeathsig', 'KILL', ...this.command];
        this.end = undefined;
        this.child = spawn(command[0], command.slice(1), {
            stdio: ['ignore', log, log],
            detached: true, // a Ctrl-C in the terminal reaches the soak alone, which then stops all parts in order
            cwd: '/',
            env: { ...process.env, ...this.env },
        });
        closeSync(log);
        this.exited = new Promise((resolve) => {
            const finish = (text) => resolve((this.end = text));
            this.child.once('error', (error) => finish(`could not be started: ${error.message}`));
            this.child.once('exit', (code, signal) => finish(signal ? `was ended by ${signal}` : `exited: ${code}`));
        });
    }

    signal(name) {
        if (this.isRunning) this.child.kill(name);
    }

    // Waits until `isReady()` resolves with true; throws with the end of the log if the program ends before.
    async waitUntil(isReady, seconds = 30) {
        const deadline = Date.now() + seconds * 1000;
        while (this.isRunning && !(await isReady())) {
            if (Date.now() > deadline) {
                throw new Error(`${this.name} was not ready in ${seconds} s:\n${tail(this.logFile)}`);
            }
            await delay(20);
        }
        if (!this.isRunning) throw new Error(`${this.name} ${this.end}:\n${tail(this.logFile)}`);
    }

    async stop(signal = 'SIGTERM', seconds = 15) {
        if (!this.isRunning) return;
        this.signal(signal);
        this.signal('SIGCONT');
        const timer = setTimeout(() => this.signal('SIGKILL'), seconds * 1000);
        await this.exited;
        clearTimeout(timer);
    }
}

// True if `url` answers with success.
export async function answers(url) {
    try {
        const answer = await fetch(url, { signal: AbortSignal.timeout(1000) });
        await answer.arrayBuffer();
        return answer.ok;
    } catch {
        return false;
    }
}
