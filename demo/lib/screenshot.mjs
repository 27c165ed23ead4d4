// Pictures of the sample app while somebody is signed in at both providers.

async function settle(page) {
    await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = false;
        for (const result of document.querySelectorAll('.result')) result.hidden = true;
    });
}

// One picture: light and wide, as the README shows it.
export function takeScreenshot(path) {
    return async (page) => {
        await settle(page);
        await page.screenshot({ path, fullPage: true, animations: 'disabled' });
    };
}
