import { request as httpRequest } from 'node:http';

// No answer came, or only a part of it.
export class NetworkError extends Error {
    constructor(code) {
        super(code);
        this.code = code;
    }
}

const answerMs = 60_000;

// One request and its answer: {status, headers, setCookies, text}. Throws NetworkError.
//   onHeaders   called, and awaited, when the header of the answer has come, before the body is looked at
//   cut         'sent': the connection is cut `cutMs` after the request has gone out; 'header': once the answer's
//               header was seen
export function exchange(url, { agent, method = 'GET', headers = {}, body, onHeaders, cut, cutMs = 0, signal }) {
    return new Promise((resolve, reject) => {
        const fail = (code) => reject(new NetworkError(code));
        const fields = { ...headers, 'content-length': Buffer.byteLength(body ?? '') };
        const request = httpRequest(url, { agent, method, signal, headers: fields }, async (response) => {
            const { 'set-cookie': setCookies = [], ...others } = response.headers;
            const answer = { status: response.statusCode, headers: others, setCookies, text: '' };
            response.on('error', (error) => fail(error.code ?? 'ABORTED'));
            await onHeaders?.(answer);
            if (cut === 'header') {
                request.destroy();
                return fail('CUT');
            }
            try {
                response.setEncoding('utf8');
                for await (const chunk of response) answer.text += chunk;
                resolve(answer);
            } catch (error) {
                fail(error.code ?? 'ABORTED');
            }
        });
        request.on('error', (error) => fail(error.code ?? error.name));
        request.setTimeout(answerMs, () => request.destroy(new NetworkError('TIMEOUT')));
        if (cut === 'sent') {
            request.once('finish', () => {
                const timer = setTimeout(() => request.destroy(new NetworkError('CUT')), cutMs);
                request.once('close', () => clearTimeout(timer));
            });
        }
        request.end(body);
    });
}
