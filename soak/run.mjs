// Runs the soak: starts everything, lets browsers refresh while things fail, and judges what came of it.
import { mkdtempSync, chmodSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Chaos } from './lib/chaos.mjs';
import { Cluster } from './lib/cluster/cluster.mjs';
import { Fleet } from './lib/fleet.mjs';
import { readOptions } from './lib/options.mjs';
import { SeededRandom } from './lib/random.mjs';
import { formatReport, formatSignOut, makeReport } from './lib/report.mjs';

const program = fileURLToPath(new URL('../build/release/stagedoor', import.meta.url));
const shownSignOuts = 10;

// How the browsers behave: mean times in milliseconds, and shares of their requests.
const habits = { reloadMs: 12_000, burstMs: 20_000, signOutMs: 60_000, lost: 0.03, cutMs: 8, late: 0.02, lateMs: 1500 };

function showProgress(fleet, chaos, started, options) {
    const { measures } = fleet;
    const seconds = Math.round((Date.now() - started) / 1000);
    const parts = [
        `${seconds} of ${Math.round(options.minutes * 60)} s: ${measures.refreshes} refreshes`,
        `${chaos.count('kill')} kills`,
        `${chaos.count('stall')} stalls`,
        `${chaos.count('database')} database restarts`,
        `${measures.signedOut.length} signed out`,
    ];
    const line = parts.join(', ');
    if (process.stdout.isTTY) process.stdout.write(`\r${line}\x1b[K`);
    else console.log(line);
}

const signalled = new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, () => resolve(name));
});

// Resolves with 'over' after `ms`, or with the name of a signal.
async function untilEnd(ms) {
    const abort = new AbortController();
    const over = delay(ms, 'over', { signal: abort.signal }).catch(() => 'over');
    try {
        return await Promise.race([over, signalled]);
    } finally {
        abort.abort();
    }
}

async function load(options, fleet, chaos) {
    const started = Date.now();
    const everyMs = process.stdout.isTTY ? 1000 : 15_000;
    const progress = setInterval(() => showProgress(fleet, chaos, started, options), everyMs);
    try {
        fleet.start();
        await chaos.start();
        const how = await untilEnd(options.minutes * 60_000);
        await chaos.stop();
        await fleet.settle();
        return { how, seconds: (fleet.endedAt - started) / 1000 };
    } finally {
        clearInterval(progress);
        if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
    }
}

async function printSignOuts(report, cluster) {
    for (const each of report.signedOut.slice(0, shownSignOuts)) {
        const log = await cluster.provider.admin('GET', `log?family=${each.family}`);
        console.log(`\n${formatSignOut(each, log)}`);
    }
    const more = report.signedOut.length - shownSignOuts;
    if (more > 0) console.log(`\n... and ${more} more, in the JSON report`);
    for (const name of ['unexplained', 'revived', 'mixedUp', 'expired', 'unexpected', 'unanswered', 'crashes']) {
        for (const each of report[name].slice(0, 5)) console.log(`\n${name}: ${JSON.stringify(each)}`);
    }
}

async function soak(options, folder) {
    const random = new SeededRandom(options.seed);
    const tokenLifetimeMs = options.life * 1000;
    const graceMs = options.strict ? 0 : options.grace * 1000;
    const cluster = new Cluster({ ...options, program, folder, tokenLifetimeMs, graceMs });
    const chaos = new Chaos({ cluster, strict: options.strict, random: random.fork('chaos') });
    try {
        await cluster.start();
        const { url, origin } = cluster;
        const { browsers, tabs } = options;
        const settings = { authUrl: `${url}/api/auth`, origin, browsers, tabs, tokenLifetimeMs, habits };
        const fleet = new Fleet(settings, random.fork('fleet'));
        const early = await Promise.race([fleet.logIn(), signalled]);
        if (early) throw new Error(`ended by ${early}`);
        const { how, seconds } = await load(options, fleet, chaos);
        const provider = await cluster.provider.admin('GET', 'stats');
        const crashes = cluster.replicas.flatMap((replica) => replica.crashes);
        const report = makeReport({ options, fleet, provider, chaos, crashes, seconds });
        console.log(formatReport(report));
        await printSignOuts(report, cluster);
        if (options.report) writeFileSync(options.report, JSON.stringify(report, null, 2));
        if (how !== 'over') console.log(`\nended early by ${how}`);
        return report.holds;
    } finally {
        await cluster.stop();
    }
}

async function main() {
    const options = readOptions(process.argv.slice(2));
    const folder = mkdtempSync(join(tmpdir(), 'stagedoor-soak-'));
    chmodSync(folder, 0o711); // PostgreSQL's user has to get to its folder
    let holds = false;
    try {
        holds = await soak(options, folder);
    } finally {
        if (holds && !options.keep) rmSync(folder, { recursive: true, force: true });
        else console.log(`\nLogs, configurations and data: ${folder}`);
    }
    return holds ? 0 : 1;
}

try {
    process.exit(await main());
} catch (error) {
    const isUsage = error.code?.startsWith?.('ERR_PARSE_ARGS');
    console.error(isUsage ? `soak: ${error.message}\nscripts/soak --help lists the options` : `soak: ${error.stack}`);
    process.exit(isUsage ? 2 : 1);
}
