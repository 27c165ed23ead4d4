import { explain, tally } from './verdicts.mjs';

// The provider may be asked so much more often than tokens run out.
const callsPerLifetime = 1.05;

const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);
const share = (part, whole) => (whole ? Math.round((1000 * part) / whole) / 10 : 0);

// All figures of a run, as one object, with the bounds that it was held to.
export function makeReport({ options, fleet, provider, chaos, crashes, seconds }) {
    const { measures } = fleet;
    const { repetitions, signedOut } = explain({
        repetitions: provider.repetitions,
        signedOut: measures.signedOut,
        events: chaos.events,
    });
    const lifetimes = fleet.tokenLifetimes();
    const fresh = measures.statuses[200] ?? 0;
    const reuse = repetitions.filter(({ outcome }) => outcome === 'reuse');
    const report = {
        options,
        seconds,
        logins: measures.logins,
        failedLogins: measures.failedLogins,
        refreshes: measures.refreshes,
        statuses: measures.statuses,
        networkErrors: measures.networkErrors,
        stale: measures.stale,
        older: measures.older,
        replayedPercent: share(fresh - Math.min(fresh, provider.intact), fresh),
        latencyMs: measures.latencies(),
        provider: {
            calls: provider.calls,
            grants: provider.intact,
            spoiled: provider.spoiled,
            regranted: provider.regranted,
            refused: provider.refused,
            faults: provider.faults,
            lifetimes,
            callsPerLifetime: Math.round((1000 * provider.intact) / lifetimes) / 1000,
        },
        chaos: { kills: chaos.count('kill'), stalls: chaos.count('stall'), databaseRestarts: chaos.count('database') },
        answersLost: tally(repetitions, 'cause'),
        reuse,
        unexplained: repetitions.filter(({ cause }) => cause === 'unexplained'),
        repetitions,
        events: chaos.events,
        signedOut,
        signOuts: measures.signOuts,
        stolen: measures.stolen,
        revived: measures.revived.filter(({ isStale }) => !isStale),
        crashes,
        expired: measures.expired,
        mixedUp: measures.mixedUp,
        unexpected: measures.unexpected,
        unanswered: measures.unanswered,
    };
    report.bounds = bounds(report, options.strict);
    report.holds = report.bounds.every(({ holds }) => holds);
    return report;
}

// Without a grace time at the provider, an answer that was lost in the window ends the session: the provider says so.
// Such ones are counted, not judged.
function bounds(report, strict) {
    const signedOut = strict ? report.signedOut.filter(({ explained }) => !explained) : report.signedOut;
    const reuse = strict ? report.reuse.filter(({ cause }) => cause === 'unexplained') : report.reuse;
    const suffix = strict ? ', other than by the window' : '';
    const most = (what, found, bound) => ({ what, found, bound, holds: found <= bound });
    return [
        most(`users signed out${suffix}`, signedOut.length, 0),
        most(`reuse detections${suffix}`, reuse.length, 0),
        most('spent tokens that came again without a cause', report.unexplained.length, 0),
        most('provider grants', report.provider.grants, Math.floor(callsPerLifetime * report.provider.lifetimes)),
        most('cookies that outlived a sign-out', report.revived.length, 0),
        most("answers with another user's token", report.mixedUp.length, 0),
        most('answers with a token that is over', report.expired.length, 0),
        most('answers of an unexpected status', report.unexpected.length, 0),
        most('users without an answer in the end', report.unanswered.length, 0),
        most('replicas that ended by themselves', report.crashes.length, 0),
        { what: 'refreshes answered', found: report.statuses[200] ?? 0, bound: '> 0', holds: report.statuses[200] > 0 },
    ];
}

const list = (counts) =>
    Object.entries(counts)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ') || 'none';

export function formatReport(report) {
    const { options, provider, latencyMs, chaos } = report;
    const rows = [
        ['browsers', `${options.browsers} of ${options.tabs} tabs for ${Math.round(report.seconds)} s, seed ${options.seed}`],
        ['replicas', `${options.replicas}, store ${options.store}, mode ${options.mode}`],
        ['access tokens', `live ${options.life} s; used until a quarter is left (200 s at most)`],
        ['refreshes', `${report.refreshes} (${Math.round(report.refreshes / report.seconds)} a second)`],
        ['by status', list(report.statuses)],
        ['no answer', `${sum(report.networkErrors)} (${list(report.networkErrors)})`],
        ['stale, older', `${report.stale} answered with Stagedoor-Stale, ${report.older} older than one before`],
        ['replayed or shared', `${report.replayedPercent} % of the answers cost no call to the provider`],
        ['latency', `p50 ${latencyMs.p50}, p95 ${latencyMs.p95}, p99 ${latencyMs.p99}, max ${latencyMs.max} ms`],
        ['provider', `${provider.calls} calls, faults: ${list(provider.faults)}`],
        ['grants', `${provider.grants} in full, ${provider.spoiled} spoiled by a fault, ${provider.regranted} by grace`],
        ['token lifetimes', `${provider.lifetimes}: ${provider.callsPerLifetime} grants for each`],
        ['kills', `${chaos.kills}, which lost ${report.answersLost.kill ?? 0} answers of the provider`],
        ['also', `${chaos.stalls} stalls, ${chaos.databaseRestarts} restarts of the database`],
        ['spent token again', list(report.answersLost)],
        ['logins', `${report.logins}, ${report.failedLogins} failed; ${report.signOuts} users signed out by themselves`],
        ['copied cookies', `of sessions that were signed out: ${list(report.stolen)}`],
    ];
    const lines = rows.map(([name, text]) => `${name.padEnd(19)}${text}`);
    const judged = report.bounds.map(
        ({ what, found, bound, holds }) => `${holds ? 'ok    ' : 'BROKEN'} ${what}: ${found} (bound: ${bound})`,
    );
    return [...lines, '', ...judged].join('\n');
}

// For each user that was signed out: what the browser saw, and what the provider knows of the session.
export function formatSignOut(each, log) {
    const time = (at) => new Date(at).toISOString().slice(11, 23);
    const line = ({ at, ...event }) => `    ${time(at)} ${JSON.stringify(event)}`;
    return [
        `${each.browser}, tab ${each.tab}, at ${time(each.at)}: ${each.status} ${each.code} ${each.message}`,
        `  request ${each.request}; cookie of generation ${each.cookie}, newest seen ${each.newest}`,
        `  explained by: ${each.explained ?? 'nothing'}`,
        '  the browser:',
        ...each.events.map(line),
        `  the provider (${each.family}, revoked: ${log.revoked ?? 'no'}):`,
        ...log.calls.slice(-30).map(line),
    ].join('\n');
}
