/** Makes an element with a class that is its part as well. Texts only: nothing is parsed as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
    name: K,
    part: string,
    ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
    const made = document.createElement(name);
    made.className = part;
    made.setAttribute('part', part);
    made.append(...children);
    return made;
}

export function button(part: string, act: () => void): HTMLButtonElement {
    const made = element('button', part);
    made.type = 'button';
    made.addEventListener('click', act);
    return made;
}
