import { parseArgs } from 'node:util';

// The options of scripts/soak, which explains them.
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
    const flags = { strict: { type: 'boolean' }, keep: { type: 'boolean' } };
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
