import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const startSeconds = 20;
const stopSeconds = 10;
const setpriv = '/usr/bin/setpriv';

function tail(file, lines) {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

async function isReady(url) {
    try {
        const answer = await fetch(`${url}/.backstage/health/v1/readiness`, { signal: AbortSignal.timeout(1000) });
        await answer.arrayBuffer();
        return answer.ok;
    } catch {
        return false; // not listening yet
    }
}

// Runs `program` with `config` and the variables `env`, its files and its log in `folder`. Resolves when it says that it
// is ready, with {exited, stop()}: `exited` is a promise of how it ended. Rejects, with the end of its log, if it ends
// before or does not become ready.
export async function startBackend({ program, config, url, folder, env }) {
    const logFile = join(folder, 'backend.log');
    const log = openSync(logFile, 'w');
    const command = [program, 'serve', '--config', config, '--data', join(folder, 'data'), '--log-format', 'text'];
    // The kernel ends the backend with this process, however that ends: no orphan is left even by kill -9.
    if (existsSync(setpriv)) command.unshift(setpriv, '--pdeathsig', 'TERM');
    // A group of its own: a Ctrl-C in the terminal reaches this process alone, which then stops the backend in order.
    const options = { stdio: ['ignore', log, log], detached: true, env: { ...process.env, ...env } };
    const child = spawn(command[0], command.slice(1), options);
    closeSync(log);

    let end;
    const exited = new Promise((resolve) => {
        const finish = (text) => resolve((end = text));
        child.once('error', (error) => finish(`could not be started: ${error.message}`));
        child.once('exit', (code, signal) => finish(signal ? `was ended by ${signal}` : `exited with code ${code}`));
    });
    const stop = async () => {
        if (end) return;
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), stopSeconds * 1000);
        await exited;
        clearTimeout(timer);
    };

    const deadline = Date.now() + startSeconds * 1000;
    while (!end && !(await isReady(url))) {
        if (Date.now() > deadline) {
            await stop();
            end = `was not ready after ${startSeconds} s`;
        } else {
            await Promise.race([exited, delay(50)]);
        }
    }
    if (end) throw new Error(`the backend ${end}. The end of its log:\n${tail(logFile, 20)}`);
    return { exited, stop, log: () => tail(logFile, 40) };
}
