// SPDX-License-Identifier: GPL-3.0-or-later
// Stands between everybody and the platform, on the name and under the certificate that they know, and
// holds all that is signed there against npm's RFC 9421 and RFC 9530. None of this project's code is in it.
//
//   node witness.mjs CERTIFICATE KEY      prints "listening PORT"
//
// Then takes one JSON a line on standard input, and answers each with one:
//   {"to": PORT, "ca": PEM}                      where the platform is
//   {"verify": KEYID, "request": KEY, "answer": KEY}   all that was signed under that keyid, answers under
//                                                      `answer` where there is one; and every part changed
//   {"send": {path, body, handle, request, answer, change}}   signs a request itself and sends it; `change`
//                                                             names what is changed by one byte afterwards
//   {"seen": PATH}                               all that was said to what begins with that path
// Keys: {"secret": hex} for hmac-sha256, {"point": base64url} for ecdsa-p256-sha256.
import { createPublicKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import readline from 'node:readline';

import { createSigner, createVerifier, httpbis } from 'http-message-signatures';
import { createContentDigestHeader, verifyContentDigest } from 'httpbis-digest-headers';

const FIELDS = ['@method', '@authority', '@path', 'content-type', 'content-digest'];
const PARAMS = ['created', 'nonce', 'keyid', 'tag'];
const [certificate, key] = process.argv.slice(2).map((file) => readFileSync(file));
const exchanges = [];
let platform;
let agent;

const server = https.createServer({ cert: certificate, key }, (request, response) => {
  const heard = [];
  request.on('data', (chunk) => heard.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(heard);
    const passed = { ...request.headers, connection: 'keep-alive' };
    const onward = https.request({ port: platform, agent, method: request.method, path: request.url, headers: passed,
      servername: 'localhost', setHost: false }, (answer) => {
      const told = [];
      const isStream = (answer.headers['content-type'] ?? '').startsWith('text/event-stream');
      response.writeHead(answer.statusCode, answer.headers);
      answer.on('data', (chunk) => {
        response.write(chunk);
        if (!isStream) told.push(chunk);
      });
      answer.on('end', () => {
        exchanges.push({
          request: { method: request.method, url: `https://${request.headers.host}${request.url}`,
            headers: { ...request.headers }, body },
          answer: { status: answer.statusCode, headers: { ...answer.headers }, body: Buffer.concat(told) },
        });
        response.end();
      });
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    onward.end(body);
  });
});

function verifierOf(words) {
  if (words.secret !== undefined) return createVerifier(Buffer.from(words.secret, 'hex'), 'hmac-sha256');
  const point = Buffer.from(words.point, 'base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url') };
  return createVerifier(createPublicKey({ key: jwk, format: 'jwk' }), 'ecdsa-p256-sha256');
}

// Whether a message is what the holder of that key signed, and its body what its digest says.
async function holds(words, keyid, message, request) {
  const known = { verify: verifierOf(words) };
  let tag = words.secret === undefined ? 'enigm-computer' : 'enigm-key';
  if (request !== undefined) tag = 'enigm-platform';
  const config = { tolerance: 300,
    keyLookup: async (params) => (params.keyid === keyid && params.tag === tag ? known : null),
    requiredFields: ['content-digest'], requiredParams: PARAMS };
  try {
    return (await httpbis.verifyMessage(config, message, request)) === true
      && verifyContentDigest(message.body, message.headers['content-digest']);
  } catch {
    return false;
  }
}

// The same message with one byte of one part changed, for each part that its signature covers.
function* changed(message) {
  const other = (part) => {
    const at = Math.floor(part.length / 2);
    return part.slice(0, at) + (part[at] === 'A' ? 'B' : 'A') + part.slice(at + 1);
  };
  const field = (name, words) => ({ ...message, headers: { ...message.headers, [name]: words } });
  const covered = message.headers['signature-input'].match(/\(([^)]*)\)/)[1].match(/"[^"]+"(;[a-z="]+)*/g);
  for (const component of covered) {
    const name = component.split('"')[1];
    if (component.includes(';req')) continue;
    if (name === '@method') yield ['@method', { ...message, method: message.method === 'POST' ? 'PUT' : 'POST' }];
    else if (name === '@status') yield ['@status', { ...message, status: message.status + 1 }];
    else if (name === '@path') yield ['@path', { ...message, url: `${message.url}A` }];
    else if (name === '@authority') yield ['@authority', { ...message, url: message.url.replace('://', '://a') }];
    else yield [name, field(name, other(message.headers[name]))];
  }
  yield ['signature', field('signature', other(message.headers.signature))];
  const input = message.headers['signature-input'];
  yield ['created', field('signature-input', input.replace(/created=(\d+)/, (_, at) => `created=${at - 1}`))];
  yield ['nonce', field('signature-input', input.replace(/nonce="([^"]*)"/, (_, nonce) => `nonce="${other(nonce)}"`))];
  yield ['tag', field('signature-input', input.replace(/tag="enigm/, 'tag="enigN'))];
  if (message.body.length > 0) {
    const body = Buffer.from(message.body);
    body[body.length >> 1] ^= 1;
    yield ['body', { ...message, body }];
  }
}

async function verify({ verify: keyid, request: words, answer: answerWords }) {
  const result = { requests: 0, answers: 0, paths: [], changes: [], wrong: [] };
  const judge = async (kind, keyWords, message, request) => {
    if (!await holds(keyWords, keyid, message, request)) {
      result.wrong.push(`${kind} of ${(request ?? message).url}`);
      return;
    }
    result[kind] += 1;
    for (const [part, forged] of changed(message)) {
      if (!result.changes.includes(part)) result.changes.push(part);
      if (await holds(keyWords, keyid, forged, request)) result.wrong.push(`${kind}: another ${part} passed`);
    }
  };
  for (const { request, answer } of exchanges) {
    if (!(request.headers['signature-input'] ?? '').includes(`keyid="${keyid}"`)) continue;
    result.paths.push(`${request.method} ${new URL(request.url).pathname}`);
    await judge('requests', words, request);
    if (answerWords && answer.headers['signature-input'] !== undefined) {
      await judge('answers', answerWords, answer, request);
      // The answer to another request, in all else the same.
      const [, signature] = request.headers.signature.match(/^enigm=:(.)/);
      const elsewhere = { ...request, headers: { ...request.headers,
        signature: `enigm=:${signature === 'A' ? 'B' : 'A'}${request.headers.signature.slice(8)}` } };
      if (await holds(answerWords, keyid, answer, elsewhere)) result.wrong.push('answers: another request passed');
    }
  }
  return result;
}

function post(port, host, path, headers, body) {
  return new Promise((done, failed) => {
    const request = https.request({ port, agent, method: 'POST', path, headers: { ...headers, host,
      'content-length': body.length }, servername: 'localhost', setHost: false }, (answer) => {
      const told = [];
      answer.on('data', (chunk) => told.push(chunk));
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(told) }));
    });
    request.on('error', failed);
    request.end(body);
  });
}

async function send({ send: wish }) {
  const body = Buffer.from(wish.body, 'hex');
  const host = `localhost:${server.address().port}`;
  const signer = createSigner(Buffer.from(wish.request.secret, 'hex'), 'hmac-sha256', wish.handle);
  let message = await httpbis.signMessage({ key: signer, name: 'enigm', fields: FIELDS, params: PARAMS,
    paramValues: { nonce: randomBytes(16).toString('base64url'), tag: 'enigm-key' } }, {
    method: 'POST', url: `https://${host}${wish.path}`, body,
    headers: { 'content-type': 'application/cbor', 'content-digest': createContentDigestHeader(body, ['sha-256']) } });
  message = { ...message, headers: Object.fromEntries(Object.entries(message.headers).map(([name, value]) =>
    [name.toLowerCase(), value])) };
  if (wish.change) message = new Map(changed(message)).get(wish.change);
  const answer = await post(platform, new URL(message.url).host, new URL(message.url).pathname, message.headers,
    message.body);
  const isSigned = answer.headers['signature-input'] !== undefined;
  const result = { status: answer.status, signed: isSigned, body: answer.body.toString('hex') };
  if (isSigned) {
    result.verified = await holds(wish.answer, wish.handle, answer, message);
    result.passed = [];
    for (const [part, forged] of changed(answer)) {
      if (await holds(wish.answer, wish.handle, forged, message)) result.passed.push(part);
    }
  }
  return result;
}

async function obey(words) {
  if (words.verify) return verify(words);
  if (words.send) return send(words);
  if (words.seen) {
    return exchanges.map(({ request, answer }) => ({ method: request.method, path: new URL(request.url).pathname,
      request: request.body.toString(), status: answer.status, type: answer.headers['content-type'] ?? '',
      answer: answer.body.toString() })).filter(({ path }) => path.startsWith(words.seen));
  }
  platform = words.to;
  agent = new https.Agent({ ca: words.ca, keepAlive: true });
  return {};
}

server.listen(0, 'localhost', () => console.log(`listening ${server.address().port}`));
for await (const line of readline.createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await obey(JSON.parse(line))));
}
process.exit(0);
