// What became of the answers that a spent token came again for, and which sign-outs they explain.
//
// A spent token comes again when the answer before was lost between the provider and the journal. Nobody can close that
// window: the provider has rotated, and who asked died before it could write. What hits it is told from the provider's
// log and the times of the chaos.

// How long before and after its restart the database may have kept a journal from being written.
const databaseMs = 2000;

const overlaps = (event, from, to) => event.from <= to && (event.to ?? Infinity) >= from;

// Why the answer that `repetition.previous` describes was lost: 'provider' (a fault of its own), 'kill', 'stall',
// 'database', 'woken' (who sent the token again had been stopped meanwhile), or 'unexplained'. An answer whose token was
// used since was not lost.
export function causeOf({ spent, newest, previous, at, caller }, events) {
    if (previous.at === undefined || newest > spent + 1) return 'unexplained';
    if (previous.spoiled) return 'provider';
    const hits = (kind, replica, slack = 0) =>
        events.some(
            (event) =>
                event.kind === kind &&
                event.replica === replica &&
                overlaps(event, previous.asked - slack, at + slack),
        );
    if (hits('kill', previous.caller)) return 'kill';
    if (hits('stall', previous.caller)) return 'stall';
    if (hits('database', undefined, databaseMs)) return 'database';
    return hits('stall', caller) ? 'woken' : 'unexplained';
}

// Adds `cause` to each repetition, and `explained` (or null) to each sign-out: of a family that was revoked because an
// answer was lost in the window.
export function explain({ repetitions, signedOut, events }) {
    const caused = repetitions.map((repetition) => ({ ...repetition, cause: causeOf(repetition, events) }));
    const reuse = caused.filter(({ outcome }) => outcome === 'reuse');
    const reused = new Map(reuse.map(({ family, cause }) => [family, cause]));
    const sorted = signedOut.map((each) => {
        const cause = reused.get(each.family);
        return { ...each, explained: cause && cause !== 'unexplained' ? cause : null };
    });
    return { repetitions: caused, signedOut: sorted };
}

export function tally(list, key) {
    const counts = {};
    for (const each of list) counts[each[key]] = (counts[each[key]] ?? 0) + 1;
    return counts;
}
