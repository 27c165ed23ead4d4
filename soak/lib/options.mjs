import { parseArgs } from 'node:util';

export const usage = `usage: scripts/soak [OPTION...]

Replicas of the backend, browsers that refresh at random, and things that fail: nobody may be signed out by that. Ends with a
table, and with 1 if a bound was broken. docs/soak.md explains all of it.
  --minutes N      how long (default 5)
  --browsers N     simulated browsers, one user each (default 200)
  --tabs N         of each browser (default 5)
  --replicas N     of the backend; more than one are behind HAProxy (default 3, with --store sqlite 1)
  --store KIND     postgres (default) or sqlite
  --mode MODE      where sessions are kept: cookie (default) or store
  --life SECONDS   how long access tokens live (default 8)
  --grace SECONDS  how long the provider takes a token again that was just spent (default 60)
  --strict         it never does; what is lost between the provider and the journal is counted, not judged
  --seed S         of all that is random here (default: a new one, which the table shows)
  --report FILE    all figures and every violation, as JSON
  --keep           keep logs and data also if all bounds hold`;

const names = {
    minutes: '5',
    browsers: '200',
    tabs: '5',
    replicas: undefined,
    store: 'postgres',
    mode: 'cookie',
    life: '8',
    grace: '60',
    seed: undefined,
    report: undefined,
};
const choices = { store: ['postgres', 'sqlite'], mode: ['cookie', 'store'] };
const wholeNumbers = ['browsers', 'tabs', 'replicas', 'life'];
const numbers = ['minutes', 'grace', ...wholeNumbers];

function wrong(message) {
    return Object.assign(new Error(message), { code: 'ERR_PARSE_ARGS_VALUE' });
}

export function readOptions(args) {
    const flags = { strict: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } };
    const texts = Object.entries(names).map(([name, value]) => [name, { type: 'string', default: value }]);
    const { values } = parseArgs({ args, options: { ...Object.fromEntries(texts), ...flags } });
    values.replicas ??= values.store === 'sqlite' ? '1' : '3';
    values.seed ??= String(Math.floor(Math.random() * 1e9));
    for (const [name, allowed] of Object.entries(choices)) {
        if (!allowed.includes(values[name])) throw wrong(`--${name} is one of ${allowed.join(', ')}`);
    }
    for (const name of numbers) {
        const number = Number(values[name]);
        const isWhole = !wholeNumbers.includes(name) || (Number.isInteger(number) && number > 0);
        if (!(number >= 0) || !isWhole) throw wrong(`--${name} takes a number, not '${values[name]}'`);
        values[name] = number;
    }
    return { ...values, strict: values.strict ?? false };
}
