// What a visitor can choose on the page of the sample app; the first value of each is the one at the start.
const choices = {
    flow: ['popup', 'redirect'],
    appCoop: ['none', 'same-origin-allow-popups', 'same-origin'],
    providerCoop: ['none', 'same-origin'],
};

export class Switches {
    now = Object.fromEntries(Object.entries(choices).map(([name, [first]]) => [name, first]));

    // Throws if one is missing or is not among the choices.
    set(chosen) {
        for (const [name, values] of Object.entries(choices)) {
            if (!values.includes(chosen[name])) throw new Error(`${name} can't be ${chosen[name]}`);
        }
        this.now = Object.fromEntries(Object.keys(choices).map((name) => [name, chosen[name]]));
    }
}
