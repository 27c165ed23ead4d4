// What the provider did: counters, and every call by family, with when it came (`asked`) and when it was judged (`at`).

const keptCalls = 400;
const keptRepetitions = 5000;

export class Ledger {
    counters = {
        calls: 0, // of the token endpoint
        logins: 0,
        granted: 0, // refreshes that spent a token
        regranted: 0, // refreshes within the grace time, with a token that was spent already
        intact: 0, // of both, those whose answer was sent in full
        spoiled: 0, // of both, those whose answer a fault kept from the caller
        reuse: 0,
        refused: 0,
        revocations: 0,
        faults: {},
    };
    // A spent token came again: {family, outcome, asked, at, caller, spent, newest, previous}.
    repetitions = [];

    countFault(kind) {
        this.counters.faults[kind] = (this.counters.faults[kind] ?? 0) + 1;
    }

    // Keeps a call with its family, and returns it to be completed.
    write(family, call) {
        family?.calls.push(call);
        if (family?.calls.length > keptCalls) family.calls.shift();
        return call;
    }

    writeRepetition(repetition) {
        this.repetitions.push(repetition);
        if (this.repetitions.length > keptRepetitions) this.repetitions.shift();
    }
}
