import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Certificate {
    cert: string;
    key: string;
}

/** A self-signed certificate for localhost, good for a day. */
export async function makeCertificate(): Promise<Certificate> {
    const folder = await mkdtemp(join(tmpdir(), 'stagedoor-e2e-certificate-'));
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', key];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,DNS:*.localhost'];
    try {
        await promisify(execFile)('openssl', [
            'req',
            '-x509',
            ...newKey,
            ...subject,
            '-days',
            '1',
            '-out',
            cert,
        ]);
        return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}
